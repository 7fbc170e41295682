//! Each bound of a quota, as a visitor meets it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use filekit::prelude::*;
use filekit_tests::{Entries, Reply, Site, Visitor, in_time, patterned, until};
use futures_util::{StreamExt as _, stream};
use tokio::sync::Notify;

use super::{app, filekit_on, pages, refused, used};

const KEPT: &str = "kept";

async fn begin(visitor: &mut Visitor, files: &[(&str, &[u8])]) -> Reply {
    let request = visitor.plan_request(&visitor.plan(KEPT, files));
    visitor.send(request).await
}

#[tokio::test]
async fn an_owner_keeps_so_much_and_gets_room_by_removing() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let reply = visitor.upload(KEPT, [("a.bin", patterned(60_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(used(&mut visitor).await, 60_000);

    for id in [KEPT, "streamed", "failing"] {
        let reply = visitor.upload(id, [("b.bin", patterned(50_000))]).await;
        assert_eq!(
            (reply.status(), reply.code().as_str()),
            (StatusCode::INSUFFICIENT_STORAGE, "quota.full"),
            "{}",
            reply.text()
        );
        assert!(reply.message().contains("40") && reply.message().contains("Remove"), "{}", reply.message());
    }
    assert_eq!((used(&mut visitor).await, app.stored_names().len(), app.spool_is_empty()), (60_000, 1, true));

    let mut other = app.visitor().await;
    let reply = other.upload(KEPT, [("c.bin", patterned(90_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "another visitor has a room of their own: {}", reply.text());

    visitor.click("Remove a.bin").await;
    assert_eq!(used(&mut visitor).await, 0);
    let reply = visitor.upload(KEPT, [("b.bin", patterned(100_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "to the last byte: {}", reply.text());
}

#[tokio::test]
async fn a_plan_is_told_which_of_its_files_have_no_room() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let (small, large, huge) = (patterned(30_000), patterned(80_000), patterned(200_000));
    let reply = begin(&mut visitor, &[("a", &small), ("b", &large), ("c", &small)]).await;
    assert_eq!(reply.status(), StatusCode::INSUFFICIENT_STORAGE, "{}", reply.text());
    assert_eq!(refused(&reply), [(1, "quota.full".to_owned())], "the third one would fit");
    let reply = begin(&mut visitor, &[("a", &small), ("b", &huge), ("c", &large)]).await;
    let each = [(1, "quota.too-large".to_owned()), (2, "quota.full".to_owned())];
    assert_eq!((reply.status(), refused(&reply)), (StatusCode::PAYLOAD_TOO_LARGE, each.to_vec()));
    visitor.upload(KEPT, [("first", &small)]).await;
    let reply = begin(&mut visitor, &[("a", &small), ("b", &small), ("c", &small)]).await;
    assert_eq!(reply.status(), StatusCode::INSUFFICIENT_STORAGE, "{}", reply.text());
    assert_eq!(refused(&reply), [(2, "quota.full".to_owned())]);
    let reply = begin(&mut visitor, &[("a", &huge)]).await;
    assert_eq!(
        (reply.status(), refused(&reply)),
        (StatusCode::PAYLOAD_TOO_LARGE, vec![(0, "quota.too-large".to_owned())])
    );
    assert_eq!(used(&mut visitor).await, 30_000, "nothing is reserved for what is refused");
    let request = visitor.plan_with_bytes(&visitor.plan(KEPT, &[("a", &huge)]), &huge);
    let reply = visitor.send(request).await;
    assert_eq!(
        (reply.status(), refused(&reply)),
        (StatusCode::PAYLOAD_TOO_LARGE, vec![(0, "quota.too-large".to_owned())])
    );
}

#[tokio::test]
async fn what_is_on_its_way_counts_until_it_ends() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let content = patterned(70_000);
    let upload = visitor.begin_upload(KEPT, &[("a.bin", &content)]).await;
    assert_eq!(used(&mut visitor).await, 70_000, "before a byte has come");
    assert_eq!((app.kit().quota_use().reserved, app.kit().quota_use().stored), (70_000, 0));
    visitor.discard(&upload).await;
    assert_eq!(used(&mut visitor).await, 0);

    let upload = visitor.begin_upload(KEPT, &[("a.bin", &content)]).await;
    let request = visitor.part(&upload, 0, false, content[..20_000].to_vec());
    visitor.send(request).await;
    assert_eq!(used(&mut visitor).await, 70_000);
    let request = visitor.part(&upload, 20_000, true, content[20_000..].to_vec());
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
    assert_eq!(used(&mut visitor).await, 70_000);
    assert_eq!(
        (app.kit().quota_use().reserved, app.kit().quota_use().stored),
        (0, 70_000),
        "it is stored, and counts once"
    );
}

#[tokio::test]
async fn an_upload_that_was_left_makes_way_for_what_its_visitor_sends_now() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let content = patterned(70_000);
    let left = visitor.begin_upload(KEPT, &[("a.bin", &content)]).await;
    let request = visitor.part(&left, 0, false, content[..20_000].to_vec());
    visitor.send(request).await;
    // The same file again, after a reload: its bytes are taken over.
    let mut plan = visitor.plan(KEPT, &[("a.bin", &content)]);
    let id = left.rsplit('/').next().expect("an id");
    plan["files"][0]["from"] = format!("{id}/0").into();
    let request = visitor.plan_request(&plan);
    let reply = visitor.send(request).await;
    assert_eq!(
        (reply.status(), &reply.json()["have"]),
        (StatusCode::CREATED, &serde_json::json!([20_000])),
        "{}",
        reply.text()
    );
    assert_eq!(used(&mut visitor).await, 70_000);
    // And another one.
    let reply = begin(&mut visitor, &[("b.bin", &patterned(90_000))]).await;
    assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
    assert_eq!(used(&mut visitor).await, 90_000);
    // And one that comes with its plan.
    let content = patterned(30_000);
    let plan = visitor.plan(KEPT, &[("c.bin", &content)]);
    let request = visitor.plan_with_bytes(&plan, &content);
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!((used(&mut visitor).await, app.kit().quota_use().reserved), (30_000, 0));
}

#[tokio::test]
async fn an_upload_that_was_left_makes_way_for_a_form_without_scripts() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(MB)));
    let mut visitor = app.visitor().await;
    begin(&mut visitor, &[("a.bin", &patterned(900_000))]).await;
    visitor.submit_and_follow("Keep", Entries::new().file("kept", "b.bin", patterned(500_000))).await;
    assert_eq!((used(&mut visitor).await, app.kit().quota_use().reserved), (500_000, 0));
}

#[tokio::test]
async fn what_a_form_around_the_page_brings_for_all_visitors_is_bounded_as_theirs() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    for (name, status) in [("a.bin", StatusCode::SEE_OTHER), ("b.bin", StatusCode::INSUFFICIENT_STORAGE)] {
        let mut visitor = app.visitor().await;
        let reply = visitor.submit("Pin", Entries::new().file("pinned", name, patterned(60_000))).await;
        assert_eq!(reply.status(), status, "{name}: {}", reply.text());
    }
    assert_eq!((app.stored_names(), app.kit().quota_use().reserved), (vec!["a.bin".to_owned()], 0));
    assert!(app.spool_is_empty());
    assert_eq!(app.kit().quota_used_by(&Everyone), 60_000);
}

#[tokio::test]
async fn a_file_that_is_put_together_counts_once() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let page = visitor.page().named("p");
    let endpoint = page.iter().find(|element| element.attribute("id") == Some("endpoint")).expect("its URL").text();
    let mut stranger = app.stranger();
    let create = |concat: &str, content: Vec<u8>| {
        let request = Request::post(&endpoint).header("host", "localhost").header("tus-resumable", "1.0.0");
        let request = request.header("content-type", "application/offset+octet-stream").header("upload-concat", concat);
        let request = request.header("content-length", content.len());
        let request = match concat {
            "partial" => request.header("upload-length", content.len()),
            _ => request,
        };
        request.body(Body::from(content)).expect("a request")
    };
    let mut pieces = String::from("final;");
    for _ in 0..2 {
        let reply = stranger.send(create("partial", patterned(40_000))).await;
        assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
        pieces = format!("{pieces}{} ", reply.header("location"));
    }
    assert_eq!(used(&mut visitor).await, 80_000);
    let reply = stranger.send(create(pieces.trim(), Vec::new())).await;
    assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
    assert_eq!(used(&mut visitor).await, 80_000);
    assert_eq!((app.kit().quota_use().stored, app.kit().quota_use().reserved), (80_000, 0));
}

#[tokio::test]
async fn taking_files_over_is_no_way_around_the_bound() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let content = patterned(50_000);
    let first = visitor.begin_upload(KEPT, &[("a.bin", &content), ("b.bin", &content)]).await;
    let mut plan = visitor.plan(KEPT, &[("a.bin", &content)]);
    plan["files"][0]["from"] = format!("{}/0", first.rsplit('/').next().expect("an id")).into();
    let request = visitor.plan_request(&plan);
    assert_eq!(visitor.send(request).await.status(), StatusCode::CREATED);
    assert_eq!(used(&mut visitor).await, 50_000);
    let request = visitor.part(&first, 0, true, [&content[..], &content].concat());
    assert_eq!(visitor.send(request).await.status(), StatusCode::NOT_FOUND, "the first one is gone");
}

#[tokio::test]
async fn the_server_keeps_so_much_in_all() {
    let app = app(|kit| kit.quota(Quota::new().total(100 * KB)));
    app.files().keep("there before.bin", patterned(50_000));
    let mut visitor = app.visitor().await;
    until("a count", async || (app.kit().quota_use().stored == 50_000).then_some(())).await;
    let reply = visitor.upload(KEPT, [("a.bin", patterned(60_000))]).await;
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (StatusCode::INSUFFICIENT_STORAGE, "storage.full"),
        "{}",
        reply.text()
    );
    let reply = visitor.upload(KEPT, [("a.bin", patterned(50_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}

#[tokio::test]
async fn an_upload_that_has_expired_gives_back_what_it_had_reserved() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)).partial_ttl(Duration::from_millis(100)));
    let mut visitor = app.visitor().await;
    let upload = visitor.begin_upload(KEPT, &[("a.bin", &patterned(70_000))]).await;
    until("the end of the upload", async || {
        (visitor.ask(&upload).await.status() == StatusCode::NOT_FOUND).then_some(())
    })
    .await;
    assert_eq!((used(&mut visitor).await, app.kit().quota_use().reserved), (0, 0));
}

#[tokio::test]
async fn a_file_of_unknown_length_takes_what_it_has_and_no_more() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    let page = visitor.page().named("p");
    let endpoint = page.iter().find(|element| element.attribute("id") == Some("endpoint")).expect("its URL").text();
    let create = |bytes: usize| {
        let request = Request::post(&endpoint).header("host", "localhost").header("upload-complete", "?1");
        let body = Body::from_stream(stream::iter([Ok::<_, Infallible>(Bytes::from(patterned(bytes)))]));
        request.header("upload-draft-interop-version", "8").body(body).expect("a request")
    };
    let reply = app.stranger().send(create(200_000)).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE, "{}", reply.text());
    let reply = app.stranger().send(create(60_000)).await;
    assert!(reply.status().is_success(), "{}", reply.text());
    let reply = app.stranger().send(create(60_000)).await;
    assert_eq!(reply.status(), StatusCode::INSUFFICIENT_STORAGE, "{}", reply.text());
    assert_eq!((used(&mut visitor).await, app.kit().quota_use().stored), (60_000, 60_000));
}

#[tokio::test]
async fn copies_count_and_a_new_name_does_not() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    visitor.upload(KEPT, [("a.bin", patterned(30_000))]).await;
    visitor.open("/").await;
    visitor.click("Copy a.bin").await;
    assert_eq!(used(&mut visitor).await, 60_000);
    visitor.click("Rename a.bin").await;
    assert_eq!(used(&mut visitor).await, 60_000);
    visitor.click("Remove renamed.bin").await;
    assert_eq!((used(&mut visitor).await, app.kit().quota_use().stored), (30_000, 30_000));
}

#[tokio::test]
async fn an_upload_more_than_a_minute_allows_is_told_when_to_come_back() {
    let app = app(|kit| kit.quota(Quota::new().uploads_per_minute(2)));
    let mut visitor = app.visitor().await;
    assert_eq!(visitor.upload(KEPT, [("a", "1")]).await.status(), StatusCode::OK);
    assert_eq!(begin(&mut visitor, &[("a", b"1")]).await.status(), StatusCode::CREATED);
    for reply in [visitor.upload(KEPT, [("a", "1")]).await, begin(&mut visitor, &[("a", b"1")]).await] {
        assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "quota.too-many-uploads"));
        let seconds: u64 = reply.header("retry-after").parse().expect("seconds");
        assert!((50..=60).contains(&seconds), "{seconds}");
        assert!(reply.message().contains(&seconds.to_string()), "{}", reply.message());
    }
    let mut other = app.visitor().await;
    assert_eq!(other.upload(KEPT, [("a", "1")]).await.status(), StatusCode::OK);
}

/// A body that brings these bytes, and nothing more for ever. It tells when it is read.
fn stalled(bytes: &[u8]) -> (Body, Arc<Notify>) {
    let (bytes, is_read) = (Bytes::copy_from_slice(bytes), Arc::<Notify>::default());
    let told = Arc::clone(&is_read);
    let first = stream::once(async move {
        told.notify_one();
        Ok::<_, Infallible>(bytes)
    });
    (Body::from_stream(first.chain(stream::pending())), is_read)
}

#[tokio::test]
async fn so_many_uploads_come_at_once() {
    let app = app(|kit| kit.quota(Quota::new().parallel(1)));
    let mut visitor = app.visitor().await;
    let upload = visitor.begin_upload(KEPT, &[("a.bin", &patterned(100_000))]).await;
    let second = visitor.begin_upload(KEPT, &[("b.bin", &patterned(10))]).await;
    let (body, is_read) = stalled(&patterned(10_000));
    let request = visitor.part(&upload, 0, true, body);
    let mut sender = visitor.clone();
    let sending = tokio::spawn(async move { sender.send(request).await });
    in_time("the first bytes", is_read.notified()).await;
    let reply = visitor.upload(KEPT, [("c", "1")]).await;
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "quota.too-many-at-once"),
        "{}",
        reply.text()
    );
    assert!(!reply.header("retry-after").is_empty());
    let request = visitor.part(&second, 0, true, patterned(10));
    let reply = visitor.send(request).await;
    assert_eq!(
        (reply.status(), reply.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "quota.too-many-at-once"),
        "{}",
        reply.text()
    );
    sending.abort();
    let _ = sending.await;
    let request = visitor.part(&second, 0, true, patterned(10));
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "what was refused goes on: {}", reply.text());
}

#[tokio::test]
async fn a_restart_and_another_server_know_what_is_there() {
    let quota = Quota::new().per_owner(100 * KB);
    let app = app(|kit| kit.quota(quota));
    let mut visitor = app.visitor().await;
    visitor.upload(KEPT, [("a.bin", patterned(60_000))]).await;
    let other = filekit_on(app.files(), quota);
    let mut there = visitor.clone().moved_to(Site::Router(other.router(pages())));
    there.open("/").await;
    let reply = there.upload(KEPT, [("b.bin", patterned(50_000))]).await;
    assert_eq!(reply.code(), "quota.full", "another server knows it: {}", reply.text());
    let reply = there.upload(KEPT, [("c.bin", patterned(20_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(used(&mut visitor).await, 80_000, "and the first one what that has taken");
    there.begin_upload(KEPT, &[("d.bin", &patterned(15_000))]).await;
    assert_eq!(used(&mut visitor).await, 95_000);
    drop(other);
    let next = filekit_on(app.files(), quota);
    let mut there = visitor.clone().moved_to(Site::Router(next.router(pages())));
    assert_eq!(used(&mut there).await, 95_000, "also after a restart");
    assert_eq!((next.quota_use().reserved, next.quota_use().stored), (15_000, 80_000));
}

#[tokio::test]
async fn the_account_goes_with_a_session_that_is_renewed() {
    let app = app(|kit| kit.quota(Quota::new().per_owner(100 * KB)));
    let mut visitor = app.visitor().await;
    visitor.upload(KEPT, [("a.bin", patterned(60_000))]).await;
    visitor.open("/").await;
    let before = visitor.cookies().clone();
    visitor.click("Sign in").await;
    assert_ne!(before, *visitor.cookies());
    assert_eq!(used(&mut visitor).await, 60_000);
    assert_eq!(visitor.upload(KEPT, [("b.bin", patterned(60_000))]).await.code(), "quota.full");
}
