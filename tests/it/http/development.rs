//! What a program in development has beside all else, and no other: the script that shows a rebuilt program, and what that asks.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use filekit::prelude::*;
use filekit_tests::{Connection, Server, Site, TestApp, UploadDir, in_time};

const PROGRAM: &str = "data-filekit-program";
const EVENTS: &str = "/_filekit/development";
const SCRIPT: &str = "/_filekit/development.js";

async fn page() -> View {
    view![p("A page")]
}

async fn panicking() -> View {
    panic!("the <press> has stopped")
}

async fn failing() -> Result<View> {
    Err(std::io::Error::other("the <press> has stopped").into())
}

fn app(is_in_development: bool) -> TestApp {
    let pages = Router::new().route("/", get(page)).route("/panicking", get(panicking));
    let pages = pages.route("/failing", get(failing).post(failing));
    TestApp::with(pages, |kit| kit.development(is_in_development))
}

/// What the start page of an app says of the program.
async fn program(app: &TestApp) -> String {
    app.visitor().await.page().named("body")[0].attribute(PROGRAM).expect("a program").to_owned()
}

/// The answer to the question for the program, as far as its head.
async fn asked(site: &Site, origin: &str) -> (Connection, String) {
    let Site::Address(address) = site else { panic!("only an address is asked over a connection") };
    let mut connection = Connection::open(*address).await;
    let request = Request::get(EVENTS).header("host", address.to_string()).header("sec-fetch-site", origin);
    connection.send_head(&request.body(Body::empty()).expect("a request")).await;
    let head = connection.read_until("\r\n\r\n").await.to_ascii_lowercase();
    (connection, head)
}

#[tokio::test]
async fn a_document_hears_the_program_that_has_made_it() {
    let app = app(true);
    let site = Site::Address(app.listen().await);
    let (mut connection, head) = asked(&site, "same-origin").await;
    assert!(head.starts_with("http/1.1 200") && head.contains("content-type: text/event-stream\r\n"), "{head}");
    in_time("an event", connection.read_until("data: ")).await;
    let heard = connection.read_until("\n\n").await;
    assert_eq!(heard.trim_end(), program(&app).await);
}

#[tokio::test]
async fn no_other_site_hears_it() {
    let app = app(true);
    let (_, head) = asked(&Site::Address(app.listen().await), "cross-site").await;
    assert!(head.starts_with("http/1.1 403"), "{head}");
}

#[tokio::test]
async fn each_start_of_a_program_is_another_with_the_same_around_its_views() {
    let (first, second) = (program(&app(true)).await, program(&app(true)).await);
    let [(first_start, first_frame), (second_start, second_frame)] =
        [&first, &second].map(|program| program.split_once('.').expect("two parts"));
    assert_ne!(first_start, second_start);
    assert_eq!(first_frame, second_frame);
}

#[tokio::test]
async fn other_words_are_something_else_around_the_views() {
    let app_with = |text: &'static str| {
        let pages = Router::new().route("/", get(page));
        TestApp::with(pages, move |kit| kit.development(true).texts([("client.close", text)]))
    };
    let frames = [program(&app_with("Close it")).await, program(&app_with("Shut it")).await];
    let [first, second] = frames.each_ref().map(|program| program.split_once('.').expect("two parts").1);
    assert_ne!(first, second);
}

#[tokio::test]
async fn its_script_is_that_of_the_document() {
    let app = app(true);
    let mut visitor = app.visitor().await;
    let scripts: Vec<String> =
        visitor.page().named("script").iter().filter_map(|script| script.attribute("src")).map(str::to_owned).collect();
    let [client, development] = scripts.as_slice() else { panic!("two scripts, not {scripts:?}") };
    assert!(development.starts_with(&format!("{SCRIPT}?version=")), "{development}");
    let reply = visitor.get(development).await;
    assert_eq!(reply.status(), StatusCode::OK);
    let (_, version) = client.rsplit_once('=').expect("a version");
    assert!(reply.text().contains(&format!("\"./client.js?version={version}\"")), "it has another client");
}

#[tokio::test]
async fn a_program_that_is_not_in_development_has_nothing_of_it() {
    let app = app(false);
    let mut visitor = app.visitor().await;
    for path in [EVENTS, SCRIPT] {
        assert_eq!(visitor.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let document = visitor.open("/").await;
    assert!(!document.text().contains("development") && !document.text().contains(PROGRAM), "{}", document.text());
}

#[tokio::test]
async fn an_error_in_place_of_a_page_says_what_has_failed_in_development_alone() {
    for is_in_development in [true, false] {
        let app = app(is_in_development);
        for (path, fault) in [("/panicking", "a handler panicked: the "), ("/failing", "the ")] {
            let reply = app.visitor().await.get(path).await;
            assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let fault = format!("<pre>{fault}&lt;press&gt; has stopped</pre>");
            for part in [&*fault, SCRIPT, PROGRAM] {
                assert_eq!(reply.text().contains(part), is_in_development, "{part}: {}", reply.text());
            }
            assert_eq!(reply.header("content-security-policy").contains("script-src"), is_in_development);
        }
    }
}

/// To load it again would be to send again.
#[tokio::test]
async fn the_answer_to_a_post_is_not_loaded_again() {
    let app = app(true);
    let request = Request::post("/failing").header("sec-fetch-site", "same-origin");
    let reply = app.visitor().await.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text().contains(SCRIPT) && !reply.text().contains("press"), "{}", reply.text());
}

/// As the examples are built with the tests; what `cargo build --release` makes has no debug assertions.
#[tokio::test]
async fn the_build_decides_unless_a_variable_does() {
    let default = cfg!(debug_assertions);
    for (variable, expected) in [(None, default), (Some("true"), true), (Some("false"), false)] {
        let files = UploadDir::new();
        let mut program = Server::upload();
        match variable {
            Some(value) => program.env("FILEKIT_DEVELOPMENT", value),
            None => program.env_remove("FILEKIT_DEVELOPMENT"),
        };
        let server = Server::start_program(program, &files).await;
        let visitor = server.visitor().await;
        let says = visitor.page().named("body")[0].attribute(PROGRAM).is_some();
        assert_eq!(says, expected, "{variable:?}");
    }
}

/// A stop must not wait for documents that only wait for it.
#[tokio::test]
async fn its_events_end_when_the_program_is_asked_to_stop() {
    let files = UploadDir::new();
    let mut program = Server::upload();
    program.env("FILEKIT_DEVELOPMENT", "true");
    let server = Server::start_program(program, &files).await;
    let (mut connection, _) = asked(&server.site(), "same-origin").await;
    in_time("an event", connection.read_until("\n\n")).await;
    assert!(server.stop().await.success());
    in_time("the end", connection.read_to_end()).await;
}
