//! What events can take besides values and files, and everything that they can return.

use axum::extract::{Extension, FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, request::Parts};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use filekit::prelude::*;
use filekit_tests::{Log, Multipart, TestApp};
use serde_json::{Value, json};

/// Whoever the layer around the pages says it is.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct User(String);

/// A user who has signed in, or a redirect to where one does.
struct Member(String);

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Redirect> {
        let user = parts.extensions.get::<User>().filter(|user| user.0 != "guest");
        user.map(|user| Self(user.0.clone())).ok_or_else(|| Redirect::to("/sign-in"))
    }
}

/// Somebody who may do this, or a refusal in words.
struct Admin;

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let user = parts.extensions.get::<User>();
        user.filter(|user| user.0 == "root").map(|_| Self).ok_or((StatusCode::FORBIDDEN, "Ask an administrator."))
    }
}

/// An extractor that is broken, with a detail for nobody.
struct Broken;

impl<S: Send + Sync> FromRequestParts<S> for Broken {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Err((StatusCode::INTERNAL_SERVER_ERROR, "postgres://secret@db"))
    }
}

#[state]
#[derive(Default)]
struct Desk {
    notes: Vec<String>,
}

#[state]
impl Desk {
    #[event]
    fn sign(&mut self, note: String, #[extract] Extension(user): Extension<User>, #[extract] headers: HeaderMap) {
        let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or("nobody");
        self.notes.push(format!("{note} by {} with {agent}", user.0));
    }

    #[event]
    fn members_only(&mut self, #[extract] member: Member) {
        self.notes.push(format!("member {}", member.0));
    }

    #[event]
    fn admins_only(&mut self, #[extract] _admin: Admin) {
        self.notes.push("admin".to_owned());
    }

    #[event]
    fn broken(&mut self, #[extract] _broken: Broken) {
        self.notes.push("broken".to_owned());
    }

    #[event]
    async fn import(&mut self, updates: Updates, files: Vec<UploadFile>, #[extract] member: Member) -> Result<Toast> {
        for file in files {
            self.notes.push(format!("{}: {}", member.0, file.text().await?));
            updates.send(self).await?;
        }
        Ok(Toast::success("All in."))
    }

    #[event]
    async fn count_and_fail(&mut self, updates: Updates) -> Result<()> {
        self.notes.push("one".to_owned());
        updates.send(self).await?;
        Err(Error::user("That was it."))
    }

    #[event]
    fn many(&mut self) -> (Option<Toast>, Vec<Toast>, Result<Redirect>) {
        (Some(Toast::info("a")), vec![Toast::error("b"), Toast::success("c")], Ok(Redirect::to("/next")))
    }

    #[event]
    fn clear_upload(&mut self) -> impl filekit::event::IntoEffects {
        clear_selected_files("files")
    }

    #[event]
    fn again(&self) -> impl filekit::event::IntoEffects {
        <Self as filekit::StateEvents>::EVENTS.sign("again")
    }

    #[event]
    fn bad_redirect(&mut self) -> Redirect {
        Redirect::to("javascript:alert(1)")
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        ul(for note in &desk.notes {
            li(note)
        }),
        upload(id = "files", "Drop"),
        button(on_click = Desk::sign("hello"), "Sign"),
        button(on_click = Desk::members_only, "Members"),
        button(on_click = Desk::admins_only, "Admins"),
        button(on_click = Desk::broken, "Broken"),
        button(on_click = Desk::import(upload_files("files")), "Import"),
        button(on_click = Desk::count_and_fail, "Fail"),
        button(on_click = Desk::many, "Many"),
        button(on_click = Desk::clear_upload, "Clear"),
        button(on_click = Desk::again, "Again"),
        button(on_click = Desk::bad_redirect, "Astray"),
    ]
}

/// Lets the header `user` say who somebody is, as a proxy that signs people in would.
async fn who(mut request: Request, next: Next) -> Response {
    let user = request.headers().get("user").and_then(|user| user.to_str().ok()).unwrap_or("guest").to_owned();
    request.extensions_mut().insert(User(user));
    next.run(request).await.into_response()
}

/// The layer stands around all of filekit, as it would in an application.
fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page))).layered(|router| router.layer(from_fn(who)))
}

fn notes(view: &filekit_tests::Html) -> Vec<String> {
    view.named("li").iter().map(|note| note.text()).collect()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[tokio::test]
async fn an_event_takes_what_axum_extracts_from_its_request() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut request = visitor.event(&visitor.call_of("Sign"));
    request.headers_mut().insert("user", "ada".parse().unwrap());
    request.headers_mut().insert("user-agent", "a test".parse().unwrap());
    let reply = visitor.send_event(request).await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(notes(visitor.page()), ["hello by ada with a test"]);
}

#[tokio::test]
async fn an_extractor_that_sends_a_visitor_away_does_so() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Members").await;
    assert_eq!(reply.actions(), [json!({ "action": "redirect", "url": "/sign-in" })]);
    assert_eq!(notes(visitor.page()), [""; 0]);
}

#[tokio::test]
async fn an_extractor_that_refuses_says_why_and_nothing_changes() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Admins").await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN);
    assert_eq!(reply.code(), "event.extractor-refused");
    assert_eq!(reply.message(), "Ask an administrator.");
    visitor.open("/").await;
    assert_eq!(notes(visitor.page()), [""; 0]);
}

#[tokio::test]
async fn an_extractor_that_fails_is_a_fault_whose_detail_only_the_log_has() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Broken").await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.code(), "event.failed");
    assert!(!reply.text().contains("postgres"), "{}", reply.text());
    assert!(log.text().contains("postgres"), "{}", log.text());
}

#[tokio::test]
async fn updates_show_the_page_before_the_event_is_done() {
    let app = app();
    let mut visitor = app.visitor().await;
    let body = Multipart::new(&visitor.upload_call("files"));
    let body = body.file("files", "a.txt", b"first").file("files", "b.txt", b"second").finish();
    let mut request = visitor.upload_request(body);
    request.headers_mut().insert("user", "ada".parse().unwrap());
    let reply = visitor.send(request).await;
    assert_eq!((reply.status(), reply.header("content-type")), (StatusCode::OK, "application/x-ndjson"));

    let lines = lines(reply.text());
    assert_eq!(lines.len(), 3);
    let shown = |body: &Value| body.as_str().map(|html| html.matches("<li>").count());
    assert_eq!(shown(&lines[0]["update"]["body"]), Some(1));
    assert!(lines[1]["update"]["patch"].to_string().contains("ada: second"), "{}", lines[1]);
    assert_eq!(lines[2]["view"]["from"], lines[1]["update"]["version"]);
    assert_eq!(lines[2]["actions"][0]["text"], "All in.");
    visitor.open("/").await;
    assert_eq!(notes(visitor.page()), ["ada: first", "ada: second"]);
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn what_a_failed_event_has_shown_is_taken_back() {
    let app = app();
    let mut visitor = app.visitor().await;
    let request = visitor.event(&visitor.call_of("Fail"));
    let reply = visitor.send(request).await;
    let lines = lines(reply.text());
    assert!(lines[0]["update"]["body"].as_str().unwrap().contains("<li>one</li>"));
    assert_eq!(lines[1]["error"]["message"], "That was it.");
    assert_eq!(lines[1]["view"]["from"], lines[0]["update"]["version"]);
    assert!(lines[1]["view"]["patch"].is_array() && !lines[1].to_string().contains("<li>"), "{}", lines[1]);
    visitor.open("/").await;
    assert_eq!(notes(visitor.page()), [""; 0]);
}

#[tokio::test]
async fn effects_come_in_their_order_however_they_are_nested() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Many").await;
    let told: Vec<Value> = reply.actions().iter().map(|action| action["text"].clone()).collect();
    assert_eq!(told, [json!("a"), json!("b"), json!("c"), Value::Null]);
    assert_eq!(reply.actions()[3], json!({ "action": "redirect", "url": "/next" }));
    let reply = visitor.click("Clear").await;
    assert_eq!(reply.actions(), [json!({ "action": "clear_selected_files", "id": "files" })]);
}

#[tokio::test]
async fn an_event_can_answer_with_another_one_which_the_browser_then_may_call() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Again").await;
    let mut request = visitor.event(&visitor.call_to(&reply.actions()[0]["event"], &json!([])));
    request.headers_mut().insert("user", "bob".parse().unwrap());
    visitor.send_event(request).await;
    assert_eq!(notes(visitor.page()), ["again by bob with nobody"]);
}

#[tokio::test]
async fn a_redirect_runs_no_script() {
    let app = app();
    let reply = app.visitor().await.click("Astray").await;
    assert_eq!(reply.actions()[0]["url"], "about:blank");
}
