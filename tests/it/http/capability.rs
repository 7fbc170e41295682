//! Capabilities: a browser can only do what a page offered to this visitor, with the arguments that the page gave.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Entries, Reply, Server, TestApp, Visitor};
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Safe {
    opened: u32,
}

#[state]
impl Safe {
    #[event]
    fn open(&mut self, times: u32) {
        self.opened += times;
    }

    #[event]
    fn secret(&self) -> Download {
        Download::data("the combination is 1234").filename("secret.txt")
    }
}

async fn page(safe: Current<Safe>) -> View {
    view![
        heading("Opened ", safe.opened),
        button(on_click = Safe::open(1), "Open"),
        button(on_click = Safe::secret, "Secret"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

async fn send_with(visitor: &mut Visitor, capability: &str) -> Reply {
    let mut call = visitor.call_of("Open");
    call["capability"] = json!(capability);
    let request = visitor.event(&call);
    visitor.send(request).await
}

async fn assert_never_opened(visitor: &mut Visitor) {
    visitor.open("/").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Opened 0");
}

fn assert_refused(reply: &Reply, what: &str) {
    let refused = [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN, StatusCode::CONFLICT];
    assert!(refused.contains(&reply.status()), "{what} answers {}: {}", reply.status(), reply.text());
    assert_ne!(reply.code(), "", "{what} has no code");
}

/// The texts that differ from `text` in one character, once for every place.
fn altered(text: &str) -> impl Iterator<Item = String> {
    text.char_indices().map(|(at, old)| {
        let new = if old == 'A' { 'B' } else { 'A' };
        format!("{}{new}{}", &text[..at], &text[at + 1..])
    })
}

/// The capability in a link: its longest part without separators.
fn capability_of(href: &str) -> &str {
    let parts = href.split(['/', '?', '&', '=']);
    parts.max_by_key(|part| part.len()).expect("a link has parts")
}

#[tokio::test]
async fn a_capability_altered_at_any_place_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let capability = visitor.call_of("Open")["capability"].as_str().expect("a text").to_owned();
    for altered in altered(&capability) {
        let reply = send_with(&mut visitor, &altered).await;
        assert_refused(&reply, &altered);
    }
    assert_never_opened(&mut visitor).await;
    let reply = send_with(&mut visitor, &capability).await;
    assert_eq!(reply.status(), StatusCode::OK, "the unaltered one works, so it was the alteration that failed");
}

#[tokio::test]
async fn what_is_no_capability_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let capability = visitor.call_of("Open")["capability"].as_str().expect("a text").to_owned();
    let (first_half, _) = capability.split_at(capability.len() / 2);
    let long = "a".repeat(10_000);
    let doubled = capability.repeat(2);
    for wrong in ["", ".", "x", "ä", first_half, long.as_str(), doubled.as_str()] {
        let reply = send_with(&mut visitor, wrong).await;
        assert_refused(&reply, wrong);
    }
    for wrong in [json!(null), json!(1), json!([capability])] {
        let mut call = visitor.call_of("Open");
        call["capability"] = wrong.clone();
        let request = visitor.event(&call);
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{wrong} answers {}", reply.status());
    }
    assert_never_opened(&mut visitor).await;
}

#[tokio::test]
async fn a_capability_of_another_visitor_is_refused() {
    let app = app();
    let mut thief = app.visitor().await;
    let owner = app.visitor().await;
    let stolen = owner.call_of("Open")["capability"].as_str().expect("a text").to_owned();
    let reply = send_with(&mut thief, &stolen).await;
    assert_refused(&reply, "a stolen capability");
    assert_never_opened(&mut thief).await;
}

#[tokio::test]
async fn a_capability_without_a_session_is_refused() {
    let app = app();
    let visitor = app.visitor().await;
    let mut request = visitor.event(&visitor.call_of("Open"));
    request.headers_mut().remove("cookie");
    let reply = app.stranger().send(request).await;
    assert_refused(&reply, "a capability without a session");
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_that_one_is_needed() {
    let app = app();
    for _ in 0..2 {
        let visitor = app.visitor().await;
        let mut request = visitor.event(&visitor.call_of("Open"));
        request.headers_mut().remove("cookie");
        let reply = app.stranger().send(request).await;
        assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::FORBIDDEN, "event.no-cookie"));
        assert!(reply.message().contains("needs a cookie"), "{}", reply.message());
        assert!(reply.view().is_some(), "a page whose cookie had only ended goes on");

        // The same without scripts.
        let mut request = visitor.submission("Open", Entries::new());
        request.headers_mut().remove("cookie");
        let reply = app.stranger().send(request).await;
        assert_eq!(reply.status(), StatusCode::FORBIDDEN);
        assert!(reply.text().contains("needs a cookie"), "{}", reply.text());
    }
}

#[tokio::test]
async fn an_event_that_this_build_does_not_know_is_out_of_date() {
    // Both have one secret and so one idea of sessions, as two builds of one app have.
    let old_build = app();
    let new_build = Server::start(old_build.files()).await;
    let visitor = old_build.visitor().await;
    let call = visitor.call_of("Open");

    let mut visitor = visitor.moved_to(new_build.site());
    let request = visitor.event(&call);
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::CONFLICT, "{}", reply.text());
    assert_eq!(reply.code(), "event.out-of-date");
}

#[tokio::test]
async fn a_download_link_works_for_its_visitor_only_and_only_unaltered() {
    let app = app();
    let mut owner = app.visitor().await;
    let href = owner.page().href("Secret").to_owned();
    let reply = owner.get(&href).await;
    assert_eq!(reply.text(), "the combination is 1234");

    let mut thief = app.visitor().await;
    let reply = thief.get(&href).await;
    assert!(reply.status().is_client_error(), "{}", reply.status());
    assert!(!reply.text().contains("1234"));

    let capability = capability_of(&href);
    for altered in altered(capability) {
        let reply = owner.get(&href.replace(capability, &altered)).await;
        assert!(reply.status().is_client_error(), "{altered} answers {}", reply.status());
        assert!(!reply.text().contains("1234"), "{altered}");
    }
}

#[tokio::test]
async fn a_capability_is_for_its_own_kind_of_request() {
    let app = app();
    let mut visitor = app.visitor().await;
    // A reading event's capability doesn't change anything, a changing event's can't be reached by a link.
    let capability = visitor.call_of("Open")["capability"].as_str().expect("a text").to_owned();
    let link = visitor.page().href("Secret").to_owned();
    let reply = visitor.get(&link.replace(capability_of(&link), &capability)).await;
    assert!(reply.status().is_client_error(), "{}", reply.status());
    assert_never_opened(&mut visitor).await;
}

#[tokio::test]
async fn a_call_that_is_no_call_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let call = visitor.call_of("Open");
    let without = |field: &str| {
        let mut call = call.clone();
        call.as_object_mut().expect("an object").remove(field);
        call
    };
    let wrong_page = |page: Value| {
        let mut call = call.clone();
        call["page"] = page;
        call
    };
    let calls = [
        json!(null),
        json!([]),
        json!("call"),
        without("page"),
        without("instance"),
        without("capability"),
        wrong_page(json!(1)),
        wrong_page(json!("no path")),
        wrong_page(json!("http://elsewhere.example/")),
    ];
    for call in calls {
        let request = visitor.event(&call);
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{call} answers {}", reply.status());
    }
    assert_never_opened(&mut visitor).await;
}
