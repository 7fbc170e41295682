//! What a stranger would gain if a page were its path alone: events, files and views of a query that was never shown to them.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use filekit::prelude::*;
use filekit_tests::{Entries, Multipart, Reply, TestApp, Visitor};
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
struct Chosen {
    id: u32,
}

#[state]
#[derive(Default)]
struct Documents {
    changed: Vec<String>,
    /// The document whose page refuses its visitor from now on.
    withdrawn: u32,
}

#[state]
impl Documents {
    #[event]
    fn delete(&mut self, #[extract] Query(chosen): Query<Chosen>) {
        self.changed.push(format!("deleted {}", chosen.id));
    }

    #[event]
    async fn replace(&mut self, files: Vec<UploadFile>, #[extract] Query(chosen): Query<Chosen>) -> Result<()> {
        for file in files {
            self.changed.push(format!("replaced {} by {}", chosen.id, file.save().await?.name()));
        }
        Ok(())
    }

    #[event]
    fn export(&self, #[extract] Query(chosen): Query<Chosen>) -> Download {
        Download::data(format!("document {}", chosen.id)).filename("document.txt")
    }

    #[event]
    fn note(&mut self, text: String) {
        self.changed.push(text);
    }

    #[event]
    fn withdraw(&mut self, id: u32) {
        self.withdrawn = id;
    }

    #[event]
    fn delete_by_way_of_another(&self) -> impl filekit::event::IntoEffects {
        event_reference!(Documents::delete)
    }
}

/// Who may see which document is decided in the handler: all may see the first.
async fn document(documents: Current<Documents>, Query(Chosen { id }): Query<Chosen>) -> Result<View> {
    if id == 2 || id == documents.withdrawn {
        return Err(Error::user("Not your document."));
    }
    Ok(view![
        p("document ", id, ": ", documents.changed.join(", ")),
        button(on_click = Documents::delete, "Delete"),
        button(on_click = Documents::delete_by_way_of_another, "Delete later"),
        button(on_click = Documents::note("noted"), "Note"),
        button(on_click = Documents::withdraw(id), "Withdraw"),
        button(on_click = Documents::export, "Export"),
        upload(id = "file", "Drop"),
        button(on_click = Documents::replace(upload_files("file")), "Replace"),
    ])
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/document", get(document)))
}

async fn reader(app: &TestApp) -> Visitor {
    Visitor::at(app.site(), "/document?id=1").await
}

/// Other ways to write the page, and pages that a stranger would rather be on.
const OTHERS: [&str; 8] = [
    "/document?id=2",
    "/document?id=3",
    "/document?id=1&id=2",
    "/document?id=2&id=1",
    "/document?id=1&",
    "/document?id=%31",
    "/document",
    "/document?id=1#id=2",
];

async fn changed(visitor: &mut Visitor) -> String {
    visitor.open("/document?id=1").await;
    visitor.page().named("p")[0].text()
}

fn assert_refused(reply: &Reply, what: &str) {
    assert!(reply.status().is_client_error(), "{what}: {} {}", reply.status(), reply.text());
    for secret in ["document 2", "document 3"] {
        assert!(!reply.text().contains(secret), "{what}: {}", reply.text());
    }
}

async fn post(visitor: &mut Visitor, uri: &str, body: &Value) -> Reply {
    let mut request = visitor.event(body);
    *request.uri_mut() = uri.parse().expect("a path");
    visitor.send(request).await
}

fn instance(visitor: &Visitor) -> String {
    visitor.page().named("body")[0].attribute("data-filekit-instance").expect("an instance").to_owned()
}

#[tokio::test]
async fn an_event_offered_for_one_document_runs_for_no_other() {
    let app = app();
    let mut visitor = reader(&app).await;
    for page in OTHERS {
        for button in ["Delete", "Note"] {
            let mut call = visitor.call_of(button);
            call["page"] = json!(page);
            assert_refused(&post(&mut visitor, "/_filekit/event", &call).await, page);
        }
        let mut call = visitor.upload_call("file");
        call["page"] = json!(page);
        let request = visitor.upload_request(Multipart::new(&call).file("file", "a.txt", b"a").finish());
        assert_refused(&visitor.send(request).await, page);
    }
    assert_eq!(changed(&mut visitor).await, "document 1:");
    assert_eq!(app.stored_names(), [""; 0]);
    assert_eq!(visitor.click("Delete").await.status(), StatusCode::OK, "on its own page it runs");
    assert_eq!(changed(&mut visitor).await, "document 1: deleted 1");
}

/// The same request, for another page than its URL names.
fn for_page(mut request: axum::http::Request<Body>, page: &str) -> axum::http::Request<Body> {
    let uri = request.uri().to_string();
    let own = url::form_urlencoded::byte_serialize(b"/document?id=1").collect::<String>();
    assert!(uri.contains(&own), "{uri}");
    let other = url::form_urlencoded::byte_serialize(page.as_bytes()).collect::<String>();
    *request.uri_mut() = uri.replace(&own, &other).parse().expect("a path");
    request
}

#[tokio::test]
async fn a_form_without_scripts_offered_for_one_document_is_sent_for_no_other() {
    let app = app();
    let mut visitor = reader(&app).await;
    for page in OTHERS {
        for button in ["Delete", "Replace"] {
            let form = visitor.submission(button, Entries::new().file("file", "a.txt", "a"));
            assert_refused(&visitor.send(for_page(form, page)).await, page);
        }
    }
    assert_eq!(changed(&mut visitor).await, "document 1:");
    visitor.submit_and_follow("Delete", Entries::new()).await;
    assert_eq!(changed(&mut visitor).await, "document 1: deleted 1");
}

#[tokio::test]
async fn a_download_link_of_one_document_hands_over_no_other_and_works_on_its_own_page() {
    let app = app();
    let mut visitor = reader(&app).await;
    let href = visitor.page().href("Export").to_owned();
    let reply = visitor.get(&href).await;
    assert_eq!((reply.status(), reply.text()), (StatusCode::OK, "document 1"));
    let (capability, _) = href.split_once("&page=").expect("a page");
    for page in OTHERS {
        let page = url::form_urlencoded::byte_serialize(page.as_bytes()).collect::<String>();
        assert_refused(&visitor.get(&format!("{capability}&page={page}")).await, &page);
    }
}

/// Guards a document from outside of filekit, as a proxy would.
async fn only_the_first(request: Request, next: Next) -> Response {
    match request.uri().query() {
        Some(query) if request.uri().path() == "/document" && query != "id=1" => StatusCode::FORBIDDEN.into_response(),
        _ => next.run(request).await,
    }
}

#[tokio::test]
async fn a_document_that_is_guarded_from_outside_by_its_query_is_shown_by_no_route() {
    let app = app().layered(|router| router.layer(from_fn(only_the_first)));
    let mut visitor = reader(&app).await;
    for page in OTHERS {
        let asked = json!({ "page": page, "instance": instance(&visitor) });
        assert_refused(&post(&mut visitor, "/_filekit/view", &asked).await, page);
        let page = url::form_urlencoded::byte_serialize(page.as_bytes()).collect::<String>();
        let mut followed = visitor.event(&json!({}));
        *followed.method_mut() = Method::GET;
        let uri = format!("/_filekit/live?page={page}&instance={}", instance(&visitor));
        *followed.uri_mut() = uri.parse().expect("a path");
        assert_refused(&visitor.send(followed).await, &page);
    }
}

#[tokio::test]
async fn an_event_on_a_page_whose_handler_refuses_its_visitor_by_now_does_not_run() {
    let app = app();
    let mut visitor = reader(&app).await;
    let upload = Multipart::new(&visitor.upload_call("file")).file("file", "a.txt", b"a").finish();
    let requests = [
        visitor.event(&visitor.call_of("Delete")),
        visitor.upload_request(upload),
        visitor.submission("Delete", Entries::new()),
        visitor.submission("Delete later", Entries::new()),
        visitor.submission("Replace", Entries::new().file("file", "a.txt", "a")),
    ];
    let href = visitor.page().href("Export").to_owned();
    visitor.click("Withdraw").await;
    for request in requests {
        let uri = request.uri().to_string();
        assert_refused(&visitor.send(request).await, &uri);
    }
    assert_refused(&visitor.get(&href).await, "a link");
    visitor.open("/document?id=3").await;
    assert_eq!(visitor.page().named("p")[0].text(), "document 3:");
    assert_eq!(app.stored_names(), [""; 0]);
}

#[tokio::test]
async fn a_page_with_an_empty_query_is_the_page_without_one() {
    async fn page(documents: Current<Documents>) -> View {
        view![p(documents.changed.join(", ")), button(on_click = Documents::note("noted"), "Note")]
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = Visitor::at(app.site(), "/?").await;
    let mut call = visitor.call_of("Note");
    // `location.search` is empty there.
    call["page"] = json!("/");
    let reply = post(&mut visitor, "/_filekit/event", &call).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}
