//! Downloads that handlers make: bytes, names and types as a browser gets them.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::TestApp;

#[state]
#[derive(Default)]
struct Desk {
    used: u32,
}

#[state]
impl Desk {
    #[event]
    fn table(&self) -> Download {
        Download::data("1,2,3").filename("numbers.csv")
    }

    #[event]
    fn named_in_japanese(&self) -> Download {
        Download::data(vec![0, 159, 146, 150]).filename("写真 \"1\".bin")
    }

    #[event]
    fn changing(&mut self) -> Download {
        self.used += 1;
        Download::data("once").filename("once.txt")
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        heading("Used ", desk.used),
        button(on_click = Desk::table, "Table"),
        button(on_click = Desk::named_in_japanese, "Japanese"),
        button(on_click = Desk::changing, "Once"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

#[tokio::test]
pub(super) async fn an_event_that_only_reads_is_a_link_and_works_without_script() {
    let app = app();
    let mut visitor = app.visitor().await;
    let href = visitor.page().href("Table").to_owned();
    let reply = visitor.get(&href).await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(reply.text(), "1,2,3");
    assert!(reply.header("content-type").starts_with("text/csv"), "{}", reply.header("content-type"));
    let disposition = reply.header("content-disposition");
    assert!(disposition.starts_with("attachment") && disposition.contains("filename=\"numbers.csv\""), "{disposition}");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    let caching = reply.header("cache-control");
    assert!(caching.contains("no-store") || caching.contains("private"), "{caching:?}");
}

#[tokio::test]
pub(super) async fn a_name_in_any_script_arrives_in_both_forms() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Japanese").await;
    assert_eq!(reply.bytes().as_ref(), [0, 159, 146, 150]);
    let disposition = reply.header("content-disposition");
    assert!(disposition.is_ascii(), "{disposition}");
    assert!(disposition.contains("filename*=UTF-8''%E5%86%99%E7%9C%9F%20"), "{disposition}");
    let (_, plain) = disposition.split_once("filename=\"").expect("the plain form is there too");
    let (plain, _) = plain.split_once('"').expect("it ends");
    assert!(!plain.contains('%'), "Chromium decodes a percent sign in the plain form: {disposition}");
}

#[tokio::test]
pub(super) async fn an_event_that_changes_state_hands_its_download_to_the_page() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Once").await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(visitor.page().named("h2")[0].text(), "Used 1");
    let actions = reply.actions();
    assert_eq!(actions.len(), 1, "{actions:?}");
    assert_eq!(actions[0]["action"], "download");
    assert_eq!(actions[0]["filename"], "once.txt");
    // Small data comes within the reply, as base64 of `once`.
    assert_eq!(actions[0]["data"], "b25jZQ==");
}
