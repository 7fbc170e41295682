//! Files are scanned by a real clamd: what it finds, what it does not take, and what happens when it is slow, dies or is not there.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use filekit::FileKitBuilder;
use filekit::guard::ClamAv;
use filekit::prelude::*;
use filekit_tests::{ClamAvDaemon, Log, TestApp, in_time, patterned, until};

use super::{Inbox, NOT_CHECKED, REFUSED, assert_nothing_kept, assert_refused};

async fn page(Extension(address): Extension<Arc<str>>) -> View {
    view![
        upload(id = "files", check = ClamAv::connect(address), "Files"),
        button(on_click = Inbox::take(upload_files("files")), "Take"),
    ]
}

/// An app whose files are scanned at this address.
fn app(address: String) -> TestApp {
    app_with(address, |kit| kit)
}

fn app_with(address: String, settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> TestApp {
    let pages = Router::new().route("/", get(page)).layer(Extension(Arc::<str>::from(address)));
    TestApp::with(pages, settings)
}

#[tokio::test]
async fn malware_is_refused_by_a_port_and_by_a_socket() {
    let daemon = ClamAvDaemon::start().await;
    for address in [daemon.address(), daemon.socket()] {
        let log = Log::record();
        let app = app(address);
        let mut visitor = app.visitor().await;
        let reply = visitor.upload("files", [("a.bin", b"good".as_slice()), ("b.bin", ClamAvDaemon::KNOWN_BAD)]).await;
        assert_refused(&app, &reply, REFUSED);
        assert_eq!(reply.message(), "“b.bin” is not accepted: A scanner has found malware in it.");
        assert!(log.text().contains(ClamAvDaemon::FOUND), "{}", log.text());
        let large = patterned(ClamAvDaemon::MAX_LENGTH);
        let reply = visitor.upload("files", [("empty.bin", b"".as_slice()), ("large.bin", &large)]).await;
        assert_eq!(reply.status(), 200, "{}", reply.text());
        assert_eq!(app.stored_names(), ["empty.bin", "large.bin"]);
        assert!(app.files().stored("large.bin") == large, "other bytes were stored");
    }
}

#[tokio::test]
async fn what_is_too_large_to_be_scanned_is_refused_unless_the_program_is_open() {
    let daemon = ClamAvDaemon::start().await;
    // The daemon ends the connection in the middle of the second one.
    for length in [ClamAvDaemon::MAX_LENGTH + 1, 20 * ClamAvDaemon::MAX_LENGTH] {
        let log = Log::record();
        let closed = app(daemon.address());
        let reply = closed.visitor().await.upload("files", [("a.bin", patterned(length))]).await;
        assert_refused(&closed, &reply, NOT_CHECKED);
        assert!(log.text().contains("INSTREAM size limit exceeded. ERROR"), "{length}: {}", log.text());
        let open = app_with(daemon.address(), |kit| kit.check_open(true));
        let reply = open.visitor().await.upload("files", [("a.bin", patterned(length))]).await;
        assert_eq!((reply.status().as_u16(), open.stored_names()), (200, vec!["a.bin".to_owned()]));
    }
}

#[tokio::test]
async fn one_that_is_not_there_checks_nothing_and_is_asked_again_when_it_is() {
    let mut daemon = ClamAvDaemon::start().await;
    daemon.kill();
    for address in [daemon.address(), daemon.socket(), "127.0.0.1".to_owned(), "/no/such/socket".to_owned()] {
        let log = Log::record();
        let app = app(address);
        let reply = app.visitor().await.upload("files", [("a.bin", "good")]).await;
        assert_refused(&app, &reply, NOT_CHECKED);
        assert!(log.text().contains("ClamAV could not be asked"), "{}", log.text());
    }
    let app = app(daemon.address());
    let mut visitor = app.visitor().await;
    assert_refused(&app, &visitor.upload("files", [("a.bin", "good")]).await, NOT_CHECKED);
    daemon.start_again().await;
    assert_eq!(visitor.upload("files", [("a.bin", "good")]).await.status(), 200);
}

#[tokio::test]
async fn one_that_does_not_answer_holds_nothing_up_for_longer_than_it_may() {
    let daemon = ClamAvDaemon::start().await;
    let app = app_with(daemon.address(), |kit| kit.check_timeout(Duration::from_millis(300)));
    let mut visitor = app.visitor().await;
    daemon.pause();
    let reply = in_time("the end of the check", visitor.upload("files", [("a.bin", "good")])).await;
    assert_refused(&app, &reply, NOT_CHECKED);
    daemon.resume();
    let reply = until("it answers again", async || {
        let reply = visitor.upload("files", [("a.bin", "good")]).await;
        reply.status().is_success().then_some(reply)
    });
    assert_eq!(reply.await.status(), 200);
}

#[tokio::test]
async fn one_that_is_slow_is_waited_for() {
    let daemon = ClamAvDaemon::start().await;
    let app = app(daemon.address());
    let mut visitor = app.visitor().await;
    daemon.pause();
    let upload = visitor.begin_upload("files", &[("b.bin", ClamAvDaemon::KNOWN_BAD)]).await;
    let request = visitor.part(&upload, 0, true, ClamAvDaemon::KNOWN_BAD);
    let sending = tokio::spawn({
        let mut visitor = visitor.clone();
        async move { visitor.send(request).await }
    });
    // Whoever asks is told that all is there, while it is being checked.
    until("the server checks", async || {
        let asked = visitor.ask(&upload).await;
        (asked.header("upload-complete") == "?1").then_some(())
    })
    .await;
    assert_eq!(app.stored_names(), [""; 0]);
    daemon.resume();
    let reply = in_time("the verdict", sending).await.expect("a reply");
    assert_refused(&app, &reply, REFUSED);
}

#[tokio::test]
async fn one_that_dies_in_the_middle_has_checked_nothing() {
    let mut daemon = ClamAvDaemon::start().await;
    let app = app(daemon.address());
    let mut visitor = app.visitor().await;
    daemon.pause();
    let upload = visitor.begin_upload("files", &[("a.bin", b"good")]).await;
    let request = visitor.part(&upload, 0, true, "good");
    let sending = tokio::spawn({
        let mut visitor = visitor.clone();
        async move { visitor.send(request).await }
    });
    until("the server checks", async || (visitor.ask(&upload).await.header("upload-complete") == "?1").then_some(()))
        .await;
    daemon.kill();
    let reply = in_time("the end of the check", sending).await.expect("a reply");
    assert_refused(&app, &reply, NOT_CHECKED);
    assert_nothing_kept(&app);
}
