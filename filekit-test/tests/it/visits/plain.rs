//! Pages of a program that are not filekit's, and pages of filekit below a prefix.

use filekit::axum::extract::{Query, Request};
use filekit::axum::response::{Html, Redirect};
use filekit::prelude::{FileKit, Router, View, get, post, view};
use filekit_test::{Program, file};

use crate::visits::album::{self, failure, picture};

type Fields = std::collections::BTreeMap<String, String>;

async fn index(Query(found): Query<Fields>) -> Html<String> {
    Html(format!(
        "<!doctype html><title>Plain</title><h1>Plain</h1><p>Got {found:?}</p>\
         <form id=search><input name=words aria-label=Search><button>Find</button></form>\
         <form method=post action=/say><input name=words aria-label=Words><input type=hidden name=kind value=note>\
         <label><input type=checkbox name=loud> Loud</label><button name=how value=quickly>Say</button></form>\
         <form method=post action=/file enctype=multipart/form-data id=files>\
         <input type=file name=file multiple><input name=by aria-label=By><button>Send</button></form>\
         <a href=\"?words=linked\">Linked</a><a href=https://elsewhere.example/>Elsewhere</a>"
    ))
}

/// Leads to a page that shows the fields of a form: its body is written as a query is.
async fn say(fields: String) -> Redirect {
    Redirect::to(&format!("/?{fields}"))
}

/// Shows the body of a form.
async fn echo(request: Request) -> Html<String> {
    let body = filekit::axum::body::to_bytes(request.into_body(), 1 << 20).await.expect("a body");
    Html(format!("<pre>{}</pre>", String::from_utf8_lossy(&body)))
}

fn program() -> Program {
    Program::with_router(|_| Router::new().route("/", get(index)).route("/say", post(say)).route("/file", post(echo)))
}

#[tokio::test]
async fn forms_are_sent_as_a_browser_does_it() {
    let mut page = program().open("/").await;
    page.fill("Search", "a b").click("Find").await.assert_text(r#"Got {"words": "a b"}"#);
    page.fill("Words", "hello").check("Loud").click("Say").await;
    page.assert_text(r#"Got {"how": "quickly", "kind": "note", "loud": "on", "words": "hello"}"#);
    page.click("Linked").await.assert_text(r#"Got {"words": "linked"}"#);
}

#[tokio::test]
async fn files_of_a_form_are_sent() {
    let mut page = program().open("/").await;
    page.choose("file", [file("a.txt", "one"), file("b.txt", "two")]).fill("By", "Ada").submit("files").await;
    page.assert_text("filename=\"a.txt\" Content-Type: application/octet-stream one");
    page.assert_text("filename=\"b.txt\" Content-Type: application/octet-stream two");
    page.assert_text("name=\"by\" Ada");
}

#[tokio::test]
async fn pages_below_a_prefix_are_pages_like_others() {
    let program = Program::with_router(|directory| {
        let kit = FileKit::builder().upload_dir(directory).build().expect("a directory");
        Router::new().nest("/inner", kit.router(album::pages()))
    });
    let mut page = program.open("/inner").await;
    page.choose("photos", [picture("a.png", 2_000_000)]).break_after(1).click("Send").await.resume().await;
    page.assert_text("Photos: 1").click("a.png").await;
    assert_eq!(page.downloads().len(), 1);
}

#[tokio::test]
async fn markup_that_a_browser_has_to_repair_is_refused() {
    let broken = async || Html("<div><p>one</div>");
    let program = Program::with_router(|_| Router::new().route("/", get(broken)));
    let failure = failure(async move { drop(program.open("/").await.text()) }).await;
    assert_eq!(failure, "wrong end tag </div>, where <p> is open, in <div><p>one</div>");
}

#[tokio::test]
async fn a_program_that_does_not_start_says_why() {
    let index = async || -> View { view![text("never")] };
    let failure = failure(async move {
        drop(Program::new(Router::new().route("/", get(index)), |kit| kit.secret("short")));
    });
    let failure = failure.await;
    assert!(failure.starts_with("the program does not start: "), "{failure}");
}
