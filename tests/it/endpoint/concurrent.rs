//! Several requests for one upload at once: the newest one is meant.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use filekit_tests::{Connection, TestApp, in_time, patterned, until};

use super::{Sender, app, assert_status, endpoint, inbox, noted};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const LENGTH: usize = 1_000_000;
const HALF: usize = LENGTH / 2;
/// Longer than an answer takes on a machine that does other things, too, and shorter than a server waits for a silent sender.
const AT_ONCE: Duration = Duration::from_secs(5);

/// Begins an upload, and sends half of it by a request that stalls then.
async fn stall(sender: &Sender, address: SocketAddr, endpoint: &str) -> (Connection, String) {
    let length = LENGTH.to_string();
    let fields = [TUS, ("upload-length", &*length), ("upload-metadata", "filename YS5iaW4=")];
    let begun = sender.send("POST", endpoint, &fields, "").await;
    assert_status(&begun, 201);
    let url = begun.header("location").to_owned();
    let mut connection = Connection::open(address).await;
    let head = format!(
        "PATCH {url} HTTP/1.1\r\nHost: a.test\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"
    );
    connection.send(head.as_bytes()).await;
    connection.send(&patterned(LENGTH)[..HALF]).await;
    (connection, url)
}

async fn start(app: &TestApp) -> (filekit_tests::Visitor, Sender, SocketAddr, String) {
    let address = app.listen_bare().await;
    let visitor = app.visitor().await;
    let url = endpoint(&visitor, "any");
    (visitor, Sender::new(app), address, url)
}

/// Asks for the offset by `method`, and how long that took.
async fn offset(sender: &Sender, url: &str) -> (usize, Duration) {
    let asked = Instant::now();
    let head = sender.send("HEAD", url, &[TUS], "").await;
    assert_status(&head, 200);
    (head.header("upload-offset").parse().expect("a number"), asked.elapsed())
}

/// Checks that a request was answered before all of it came: a newer one goes on.
async fn assert_has_ended(stalled: &mut Connection) {
    let answer = in_time("the end of the old request", stalled.read_until("\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 409 "), "{answer}");
}

/// Waits until bytes of a stalled request have arrived, by what lies on the disk: asking would end the request.
async fn arrived(app: &TestApp) {
    until("bytes on the disk", async || {
        let folder = app.files().path().join(".filekit");
        let sizes = app.files().spooled().into_iter().filter_map(|name| std::fs::metadata(folder.join(name)).ok());
        (sizes.map(|file| file.len()).max() >= Some(HALF as u64 / 2)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn who_asks_during_a_stalled_request_is_answered_at_once_and_goes_on() {
    let app = app();
    let (mut visitor, sender, address, endpoint) = start(&app).await;
    let (mut stalled, url) = stall(&sender, address, &endpoint).await;
    arrived(&app).await;
    let (offset, waited) = offset(&sender, &url).await;
    assert!(waited < AT_ONCE, "{waited:?}");
    assert!((HALF / 2..=HALF).contains(&offset), "{offset}");
    assert_has_ended(&mut stalled).await;

    let bytes = patterned(LENGTH);
    let fields = [TUS, ("content-type", "application/offset+octet-stream"), ("upload-offset", &*offset.to_string())];
    assert_status(&sender.send("PATCH", &url, &fields, bytes[offset..].to_vec()).await, 204);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", &bytes)]);
}

#[tokio::test]
async fn a_second_writer_ends_the_first() {
    let app = app();
    let (mut visitor, sender, address, endpoint) = start(&app).await;
    let (mut stalled, url) = stall(&sender, address, &endpoint).await;
    arrived(&app).await;
    let bytes = patterned(LENGTH);
    // It does not know how far the first has come, and is told.
    let fields =
        |offset: &'static str| [TUS, ("content-type", "application/offset+octet-stream"), ("upload-offset", offset)];
    let asked = Instant::now();
    let second = sender.send("PATCH", &url, &fields("0"), bytes.clone()).await;
    assert_status(&second, 409);
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    assert_has_ended(&mut stalled).await;
    let (offset, _) = offset(&sender, &url).await;
    let fields = [TUS, ("content-type", "application/offset+octet-stream"), ("upload-offset", &*offset.to_string())];
    assert_status(&sender.send("PATCH", &url, &fields, bytes[offset..].to_vec()).await, 204);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", &bytes)]);
}

#[tokio::test]
async fn an_upload_that_is_ended_ends_its_request() {
    let app = app();
    let (mut visitor, sender, address, endpoint) = start(&app).await;
    let (mut stalled, url) = stall(&sender, address, &endpoint).await;
    arrived(&app).await;
    assert_status(&sender.send("DELETE", &url, &[TUS], "").await, 204);
    assert_has_ended(&mut stalled).await;
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
}

#[tokio::test]
async fn a_lost_connection_costs_nothing_that_has_arrived() {
    let app = app();
    let (mut visitor, sender, address, endpoint) = start(&app).await;
    let (stalled, url) = stall(&sender, address, &endpoint).await;
    arrived(&app).await;
    drop(stalled);
    let (offset, _) = offset(&sender, &url).await;
    assert!(offset >= HALF / 2, "{offset}");
    let bytes = patterned(LENGTH);
    let fields = [TUS, ("content-type", "application/offset+octet-stream"), ("upload-offset", &*offset.to_string())];
    assert_status(&sender.send("PATCH", &url, &fields, bytes[offset..].to_vec()).await, 204);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", &bytes)]);
}
