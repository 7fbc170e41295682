//! What senders get wrong, by mistake or on purpose: each is told by a status, and nothing is left of it.

use filekit_tests::{TestApp, Visitor};

use super::{Fields, Sender, app, assert_status, endpoint, inbox};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn begin(sender: &Sender, url: &str, fields: Fields<'_>) -> filekit_tests::Reply {
    sender.send("POST", url, &[&[TUS], fields].concat(), "").await
}

async fn assert_nothing_came(app: &TestApp, visitor: &mut Visitor) {
    assert_eq!(inbox(visitor).await, [""; 0]);
    assert_eq!(app.stored_names(), [""; 0]);
}

#[tokio::test]
async fn names_that_are_places_are_refused_before_anything_is_sent() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    // `../../etc/passwd`, `..`, `a\..\b`
    for name in ["Li4vLi4vZXRjL3Bhc3N3ZA==", "Li4=", "YVwuLlxi"] {
        let metadata = format!("filename {name}");
        let reply = begin(&sender, &url, &[("upload-length", "5"), ("upload-metadata", &metadata)]).await;
        assert_status(&reply, 422);
    }
    let long = format!("filename {}", "YWFh".repeat(400));
    assert_status(&begin(&sender, &url, &[("upload-length", "5"), ("upload-metadata", &long)]).await, 422);
    let fields = [("upload-complete", "?1"), ("content-disposition", "inline; filename=\"../a.txt\"")];
    assert_status(&sender.send("POST", &url, &fields, "hello").await, 422);
    assert_nothing_came(&app, &mut visitor).await;
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn headers_that_say_nothing_sensible_are_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    for fields in [
        &[("upload-length", "5"), ("upload-metadata", "filename !")][..],
        &[("upload-length", "five")],
        &[("upload-length", "-5")],
        &[],
        &[("upload-length", "5"), ("upload-concat", "final;http://elsewhere.test/files/1")],
        &[("upload-length", "5"), ("upload-defer-length", "1")],
    ] {
        assert_status(&begin(&sender, &url, fields).await, 400);
    }
    let begun = begin(&sender, &url, &[("upload-length", "5")]).await;
    let upload = begun.header("location");
    for (fields, status) in [
        (&[TUS, BYTES][..], 400),
        (&[TUS, BYTES, ("upload-offset", "1")], 409),
        (&[TUS, BYTES, ("upload-offset", "x")], 400),
        (&[TUS, ("upload-offset", "0")], 415),
        (&[TUS, BYTES, ("upload-offset", "0"), ("upload-length", "4")], 400),
        (&[TUS, BYTES, ("upload-offset", "0"), ("upload-checksum", "sha1 !")], 400),
    ] {
        assert_status(&sender.send("PATCH", upload, fields, "hello").await, status);
    }
    assert_eq!(sender.send("HEAD", upload, &[TUS], "").await.header("upload-offset"), "0");
    assert_nothing_came(&app, &mut visitor).await;
}

#[tokio::test]
async fn more_than_was_declared_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    let begun = begin(&sender, &url, &[("upload-length", "5")]).await;
    let reply = sender.send("PATCH", begun.header("location"), &[TUS, BYTES, ("upload-offset", "0")], "hello!").await;
    assert_status(&reply, 413);
    let reply = sender.send("POST", &url, &[TUS, BYTES, ("upload-length", "5")], "hello!").await;
    assert_status(&reply, 413);
    assert_nothing_came(&app, &mut visitor).await;
}

#[tokio::test]
async fn a_visitor_has_so_many_uploads_and_others_have_theirs() {
    let app = app();
    let mut visitor = app.visitor().await;
    let other = app.visitor().await;
    let (sender, url) = (Sender::new(&app), endpoint(&visitor, "any"));
    let of_other = begin(&sender, &endpoint(&other, "any"), &[("upload-length", "5")]).await;
    let mut last = String::new();
    for _ in 0..1_000 {
        let begun = begin(&sender, &url, &[("upload-length", "5")]).await;
        assert_status(&begun, 201);
        last = begun.header("location").to_owned();
    }
    // Those that have waited longest are gone.
    let folders = app.files().spooled().len();
    assert!(folders <= 40, "{folders} uploads without a byte");
    for upload in [&last, of_other.header("location")] {
        let reply = sender.send("PATCH", upload, &[TUS, BYTES, ("upload-offset", "0")], "hello").await;
        assert_status(&reply, 204);
    }
    assert_eq!(inbox(&mut visitor).await.len(), 1);
}
