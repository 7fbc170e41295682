//! Servers that have not made the page whose check they are to run: after a restart, beside others, of another version.

use axum::http::StatusCode;
use filekit_tests::{Reply, Server, UploadDir, Visitor, until};
use tokio::process::Command;

use super::REFUSED;

/// The program. A server of another version has no check in its page.
fn checker(check: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_checker"));
    program.env("CHECK", check);
    program
}

async fn start(files: &UploadDir, check: &str) -> Server {
    Server::start_again(checker(check), files, ([127, 0, 0, 1], 0).into()).await
}

#[track_caller]
fn assert_refused(files: &UploadDir, reply: &Reply) {
    assert_eq!((reply.status().as_u16(), &*reply.code()), REFUSED, "{}", reply.text());
    assert_eq!(files.stored_names(), [""; 0]);
}

async fn finish(visitor: &mut Visitor, upload: &str, (name, content): (&str, &[u8])) -> Reply {
    assert_eq!(visitor.ask(upload).await.header("upload-offset"), "2", "{name}");
    visitor.send(visitor.part(upload, 2, true, content[2..].to_vec())).await
}

async fn begin(visitor: &mut Visitor, (name, content): (&str, &[u8])) -> String {
    let upload = visitor.begin_upload("files", &[(name, content)]).await;
    let reply = visitor.send(visitor.part(&upload, 0, false, content[..2].to_vec())).await;
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    upload
}

#[tokio::test]
async fn an_upload_that_a_restart_broke_off_is_checked() {
    let (bad, good): ((_, &[u8]), (_, &[u8])) = (("b.txt", b"a virus"), ("a.txt", b"good"));
    let files = UploadDir::new();
    let server = start(&files, "some").await;
    let mut visitor = server.visitor().await;
    let uploads = [begin(&mut visitor, bad).await, begin(&mut visitor, good).await];
    let address = server.address();
    server.kill().await;
    let _server = Server::start_again(checker("some"), &files, address).await;
    assert_refused(&files, &finish(&mut visitor, &uploads[0], bad).await);
    let reply = finish(&mut visitor, &uploads[1], good).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn an_upload_whose_server_is_killed_in_the_middle_of_its_check_is_checked_again() {
    let (bad, good): ((_, &[u8]), (_, &[u8])) = (("b.txt", b"a virus"), ("a.txt", b"good"));
    let files = UploadDir::new();
    let server = start(&files, "endless").await;
    let mut visitor = server.visitor().await;
    let uploads = [begin(&mut visitor, bad).await, begin(&mut visitor, good).await];
    for (upload, content) in uploads.iter().zip([bad.1, good.1]) {
        let (request, asking) = (visitor.part(upload, 2, true, content[2..].to_vec()), visitor.clone());
        tokio::spawn(async move { asking.try_send(request).await });
        until("the server checks", async || {
            (visitor.ask(upload).await.header("upload-complete") == "?1").then_some(())
        })
        .await;
    }
    let address = server.address();
    server.kill().await;
    let _server = Server::start_again(checker("some"), &files, address).await;
    let mut replies = Vec::new();
    for (upload, content) in uploads.iter().zip([bad.1, good.1]) {
        let asked = visitor.ask(upload).await;
        assert_eq!(
            (asked.header("upload-complete"), asked.header("upload-offset")),
            ("?0", &*content.len().to_string())
        );
        replies.push(visitor.send(visitor.part(upload, content.len(), true, "")).await);
    }
    assert_eq!((replies[0].status().as_u16(), &*replies[0].code()), REFUSED, "{}", replies[0].text());
    assert_eq!(replies[1].status(), StatusCode::OK, "{}", replies[1].text());
    assert_eq!(files.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn a_server_that_has_not_made_the_page_checks_as_the_one_that_has() {
    let files = UploadDir::new();
    let (one, other) = (start(&files, "some").await, start(&files, "some").await);
    let mut visitor = one.visitor().await.moved_to(other.site());
    assert_refused(&files, &visitor.upload("files", [("b.txt", "a virus")]).await);
    assert_eq!(visitor.upload("files", [("a.txt", "good")]).await.status(), StatusCode::OK);
    assert_eq!(files.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn a_server_whose_page_has_no_such_check_takes_no_file_under_it() {
    let files = UploadDir::new();
    let (one, other) = (start(&files, "some").await, start(&files, "none").await);
    let mut visitor = one.visitor().await.moved_to(other.site());
    for content in ["a virus", "good"] {
        let reply = visitor.upload("files", [("b.txt", content)]).await;
        assert_eq!((reply.status().as_u16(), &*reply.code()), (409, "event.out-of-date"), "{}", reply.text());
        assert_eq!(files.stored_names(), [""; 0]);
        assert!(files.spool_is_empty(), "{:?}", files.spooled());
    }
    visitor.open("/").await;
    assert_eq!(visitor.upload("files", [("a.txt", "good")]).await.status(), StatusCode::OK);
}
