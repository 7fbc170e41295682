//! Forms that other programs send to an endpoint.

use filekit_tests::{BOUNDARY, Reply, TestApp};

use super::{Sender, app, app_with, assert_status, endpoint, inbox, noted};

/// A part of a form.
fn part(disposition: &str, content: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

async fn post(app: &TestApp, url: &str, parts: &[String]) -> Reply {
    let body = format!("{}--{BOUNDARY}--\r\n", parts.concat());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    Sender::new(app).send("POST", url, &[("content-type", &kind)], body).await
}

#[tokio::test]
async fn each_file_of_a_form_calls_the_event() {
    let app = app();
    let mut visitor = app.visitor().await;
    let parts = [
        part("name=\"note\"", "a field"),
        part("name=\"file\"; filename=\"a.txt\"", "one"),
        part("name=\"files[]\"; filename=\"b.txt\"", "two"),
    ];
    let reply = post(&app, &endpoint(&visitor, "any"), &parts).await;
    assert_status(&reply, 200);
    let texts: Vec<String> = reply.actions().iter().map(|action| action["text"].to_string()).collect();
    assert_eq!(texts, ["\"a.txt is here\"", "\"b.txt is here\""]);
    assert!(!reply.headers().contains_key("set-cookie"));
    assert_eq!(inbox(&mut visitor).await, [noted("a.txt", b"one"), noted("b.txt", b"two")]);
    let reply = post(&app, &endpoint(&visitor, "labelled"), &parts[1..2]).await;
    assert_status(&reply, 200);
    assert_eq!(inbox(&mut visitor).await.pop(), Some(format!("from outside: {}", noted("a.txt", b"one"))));
}

#[tokio::test]
async fn a_form_whose_files_break_the_rules_calls_no_event() {
    let app = app_with(|kit| kit.max_body(100_000));
    let mut visitor = app.visitor().await;
    let url = endpoint(&visitor, "papers-only");
    let good = part("name=\"file\"; filename=\"a.txt\"", "good");
    for (bad, status, code) in [
        (part("name=\"file\"; filename=\"b.txt\"", "x"), 422, "upload.too-small"),
        (part("name=\"file\"; filename=\"b.png\"", "\u{89}PNG"), 415, "upload.type-not-accepted"),
        (part("name=\"file\"; filename=\"../b.txt\"", "good"), 422, "upload.unsafe-name"),
        (part("name=\"file\"; filename=\"b.txt\"", &"x".repeat(100_000)), 413, "upload.total-too-large"),
    ] {
        let reply = post(&app, &url, &[good.clone(), bad]).await;
        assert_status(&reply, status);
        assert_eq!(reply.code(), code);
    }
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn a_form_without_a_file_is_refused() {
    let app = app();
    let visitor = app.visitor().await;
    let reply = post(&app, &endpoint(&visitor, "any"), &[part("name=\"note\"", "a field")]).await;
    assert_status(&reply, 422);
    assert_eq!(reply.code(), "upload.too-few-files");
}

#[tokio::test]
async fn an_event_that_fails_stops_a_form_and_keeps_what_came_before() {
    let app = app();
    let mut visitor = app.visitor().await;
    let parts =
        ["a.txt", "unwanted.txt", "c.txt"].map(|name| part(&format!("name=\"f\"; filename=\"{name}\""), "text"));
    let reply = post(&app, &endpoint(&visitor, "any"), &parts).await;
    assert_status(&reply, 422);
    assert_eq!(reply.message(), "Not this one.");
    assert_eq!(inbox(&mut visitor).await, [noted("a.txt", b"text")]);
}

#[tokio::test]
async fn what_is_of_no_protocol_is_told_what_there_is() {
    let app = app();
    let visitor = app.visitor().await;
    let sender = Sender::new(&app);
    let url = endpoint(&visitor, "any");
    let reply = sender.send("POST", &url, &[("content-type", "image/png")], "hello").await;
    assert_status(&reply, 415);
    assert!(reply.text().contains("multipart/form-data"), "{}", reply.text());
    let reply = sender.send("GET", &url, &[], "").await;
    assert_status(&reply, 405);
    assert!(reply.header("allow").contains("POST"), "{:?}", reply.headers());
}
