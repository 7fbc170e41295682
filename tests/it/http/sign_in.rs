//! The example whose users sign in by axum-login: whose pages, events and files are worth what, before and after.

use axum::http::StatusCode;
use filekit_tests::{Entries, Multipart, Reply, Server, UploadDir, Visitor};

async fn stranger(server: &Server) -> Visitor {
    Visitor::at(server.site(), "/sign-in").await
}

async fn sign_in(visitor: &mut Visitor, name: &str) {
    visitor.open("/sign-in").await;
    let password: String = name.chars().rev().collect();
    let entries = Entries::new().text("name", name).text("password", &password);
    let reply = visitor.submit("Sign in", entries).await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", reply.text());
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h1")[0].text(), format!("Files of {name}"));
}

async fn sign_out(visitor: &mut Visitor) {
    visitor.open("/").await;
    let reply = visitor.submit("Sign out", Entries::new()).await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/sign-in"), "{}", reply.text());
}

async fn keep(visitor: &mut Visitor, name: &str) -> Reply {
    let upload = Multipart::new(&visitor.upload_call("files")).file("files", name, b"content").finish();
    visitor.send(visitor.upload_request(upload)).await
}

/// The names of the files on the page as it is now.
async fn kept(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    visitor.page().links()
}

/// A copy of the visitor's cookies and page, in the hands of another.
fn stolen(visitor: &Visitor) -> Visitor {
    visitor.clone()
}

/// Why an event was refused: its code, or where its visitor is sent instead.
fn refusal(reply: &Reply) -> String {
    match reply.actions().first() {
        Some(action) => action["url"].as_str().unwrap_or_else(|| panic!("it was done: {}", reply.text())).to_owned(),
        None => reply.code(),
    }
}

#[tokio::test]
async fn who_has_not_signed_in_is_led_there_and_told_if_the_password_is_wrong() {
    let files = UploadDir::new();
    let server = Server::start_sign_in(&files).await;
    let mut visitor = stranger(&server).await;
    let reply = visitor.get("/").await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/sign-in?next=%2F"));
    let wrong = Entries::new().text("name", "ann").text("password", "ann");
    visitor.submit_and_follow("Sign in", wrong).await;
    assert!(visitor.page().text().contains("Name or password is wrong."), "{}", visitor.page().text());
    sign_in(&mut visitor, "ann").await;
}

#[tokio::test]
async fn a_user_keeps_files_which_are_those_of_no_session_of_before() {
    let files = UploadDir::new();
    let server = Server::start_sign_in(&files).await;
    let mut visitor = stranger(&server).await;
    let before = stolen(&visitor);
    sign_in(&mut visitor, "ann").await;
    let reply = keep(&mut visitor, "a.txt").await;
    assert!(reply.text().contains("Thank you, ann."), "{}", reply.text());
    assert_eq!(kept(&mut visitor).await, ["a.txt"]);
    // A party that had set filekit's session before, and whatever cookie of axum-login's comes later.
    let mut planted = before;
    planted.take_cookies(&visitor, "id");
    assert_eq!(kept(&mut planted).await, [""; 0], "the session of before is worth nothing");
}

#[tokio::test]
async fn a_page_that_was_open_at_the_sign_out_does_nothing_any_more() {
    let files = UploadDir::new();
    let server = Server::start_sign_in(&files).await;
    let mut visitor = stranger(&server).await;
    sign_in(&mut visitor, "ann").await;
    let mut old = stolen(&visitor);
    sign_out(&mut visitor).await;
    assert_eq!(visitor.get("/").await.status(), StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(
        refusal(&keep(&mut old, "old.txt").await),
        "event.capability-refused",
        "an old page with the cookies of before"
    );
    // The same page in the browser that has signed out, and whose user signs in again.
    old.take_cookies(&visitor, "");
    assert_eq!(
        refusal(&keep(&mut old, "signed-out.txt").await),
        "event.out-of-date",
        "an old page with the cookies of now"
    );
    sign_in(&mut visitor, "ann").await;
    old.take_cookies(&visitor, "");
    assert_eq!(refusal(&keep(&mut old, "again.txt").await), "event.out-of-date", "an old page after the next sign-in");
    assert_eq!(files.stored_names(), [""; 0]);
    assert_eq!(kept(&mut visitor).await, [""; 0]);
}

#[tokio::test]
async fn what_was_offered_to_one_user_is_worth_nothing_to_another() {
    let files = UploadDir::new();
    let server = Server::start_sign_in(&files).await;
    let (mut ann, mut bob) = (stranger(&server).await, stranger(&server).await);
    sign_in(&mut ann, "ann").await;
    sign_in(&mut bob, "bob").await;
    let mut with_page_of_ann = stolen(&ann);
    with_page_of_ann.take_cookies(&bob, "");
    assert_eq!(
        refusal(&keep(&mut with_page_of_ann, "bob.txt").await),
        "event.out-of-date",
        "Ann's page, Bob's cookies"
    );
    assert_eq!(files.stored_names(), [""; 0]);
}

#[tokio::test]
async fn a_user_who_signs_in_where_another_is_signed_in_finds_nothing_of_theirs() {
    let files = UploadDir::new();
    let server = Server::start_sign_in(&files).await;
    let mut visitor = stranger(&server).await;
    sign_in(&mut visitor, "ann").await;
    keep(&mut visitor, "ann.txt").await;
    let mut page_of_ann = stolen(&visitor);
    sign_in(&mut visitor, "bob").await;
    assert_eq!(kept(&mut visitor).await, [""; 0]);
    page_of_ann.take_cookies(&visitor, "");
    assert_eq!(
        refusal(&keep(&mut page_of_ann, "bob.txt").await),
        "event.out-of-date",
        "Ann's page, after Bob has signed in"
    );
    assert_eq!(files.stored_names(), ["ann.txt"]);
}
