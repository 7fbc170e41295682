//! Forms that come urlencoded, as browsers without scripts send those without files: how many fields and how much of them is
//! taken, and from whom.

use axum::body::Body;
use axum::http::{StatusCode, header};
use filekit::prelude::*;
use filekit_tests::{Entries, Html, Log, Reply, TestApp, Visitor};

#[state]
#[derive(Default)]
struct Survey {
    told: Vec<String>,
}

#[state]
impl Survey {
    #[event]
    fn answer(&mut self, name: String, chosen: Vec<String>) -> Result<()> {
        if name == "nobody" {
            return Err(Error::user("Say who you are."));
        }
        let distinct: std::collections::BTreeSet<&String> = chosen.iter().collect();
        self.told.push(format!("{name:?} chose {} ({} of them distinct)", chosen.len(), distinct.len()));
        Ok(())
    }

    #[event]
    fn name_only(&mut self, name: String) {
        self.told.push(name);
    }
}

async fn survey(survey: Current<Survey>) -> View {
    view![
        input(id = "name"),
        select(id = "chosen", multiple = true, option(value = "a", "A"), option(value = "b", "B")),
        button(on_click = Survey::answer(value_of("name"), value_of("chosen")), "Answer"),
        // Of two buttons the one that was pressed says which it is.
        button(on_click = Survey::name_only(value_of("name")), "Name only"),
        p(id = "told", survey.told.join("; ")),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(survey)))
}

/// What the button of the page sends for itself.
fn button(visitor: &Visitor) -> (String, String) {
    let buttons = visitor.page().named("button");
    let answer = buttons.into_iter().find(|button| button.text() == "Answer").expect("a button");
    let [name, value] = ["name", "value"].map(|name| answer.attribute(name).unwrap_or_default().to_owned());
    assert_eq!(name, "filekit-call", "the form around the page is what is sent");
    (name, value)
}

/// Sends these fields in front of the button, or nothing of a button.
async fn send(visitor: &mut Visitor, fields: &[(String, String)], button: Option<(String, String)>) -> Reply {
    let pairs = fields.iter().cloned().chain(button);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    send_body(visitor, body).await
}

async fn send_body(visitor: &mut Visitor, body: String) -> Reply {
    let mut request = visitor.submission("Answer", Entries::new()).map(|_| Body::from(body));
    // Where a reader sends it that knows no `formaction`.
    let action = visitor.page().named("form")[0].attribute("action").expect("an address");
    assert!(action.starts_with("/_filekit/form?"), "{action}");
    *request.uri_mut() = action.parse().expect("a path");
    let mime = "application/x-www-form-urlencoded".parse().expect("a header");
    request.headers_mut().insert(header::CONTENT_TYPE, mime);
    visitor.send(request).await
}

fn fields<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn told(visitor: &mut Visitor) -> String {
    visitor.open("/").await;
    visitor.page().named("p")[0].text()
}

#[tokio::test]
async fn a_form_with_a_thousand_fields_is_taken() {
    let mut visitor = app().visitor().await;
    let names: Vec<String> = (0..500).map(|number| format!("other-{number}")).collect();
    let others = names.iter().map(|name| (name.as_str(), "x".repeat(100)));
    let chosen = (0..500).map(|number| ("chosen", number.to_string()));
    let all = fields([("name", "Ann & Bob+é\r\nEve".to_owned())].into_iter().chain(others).chain(chosen));
    let button = button(&visitor);
    let reply = send(&mut visitor, &all, Some(button)).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER, "{}", reply.text());
    assert_eq!(told(&mut visitor).await, r#""Ann & Bob+é\nEve" chose 500 (500 of them distinct)"#);
}

#[tokio::test]
async fn what_was_typed_is_there_again_after_a_refusal() {
    let mut visitor = app().visitor().await;
    let button = button(&visitor);
    let all = fields([("name", "nobody".to_owned()), ("chosen", "b".to_owned())]);
    let reply = send(&mut visitor, &all, Some(button)).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = Html::parse(reply.text());
    assert!(page.text().contains("Say who you are."), "{}", page.text());
    let values = |element: &str, name: &str| page.named(element)[0].attribute(name).map(str::to_owned);
    let input = page.named("input").into_iter().find(|input| input.attribute("name") == Some("name")).expect("a field");
    assert_eq!(input.attribute("value"), Some("nobody"));
    assert_eq!(values("option", "selected"), None);
    assert!(page.named("option")[1].attribute("selected").is_some(), "{}", reply.text());
}

#[tokio::test]
async fn a_form_with_more_fields_than_any_has_is_refused() {
    let log = Log::record();
    let mut visitor = app().visitor().await;
    let (name, value) = button(&visitor);
    let button = url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
    let many = |pair: &str, count: usize| vec![pair; count].join("&");
    for fields in [many("a=", 330_000), many("name=", 20_001), many("=", 500_000)] {
        for body in [format!("{fields}&{button}"), format!("{button}&{fields}")] {
            let reply = send_body(&mut visitor, body).await;
            assert!(
                [StatusCode::BAD_REQUEST, StatusCode::PAYLOAD_TOO_LARGE].contains(&reply.status()),
                "{} {}",
                reply.status(),
                reply.text()
            );
            assert!(reply.text().contains("role=\"alert\""), "{}", reply.text());
        }
    }
    assert_eq!(told(&mut visitor).await, "");
    assert!(log.text().contains("the form has more parts than any form has"), "{}", log.text());
}

#[tokio::test]
async fn values_that_are_larger_together_than_a_call_are_refused() {
    let mut visitor = app().visitor().await;
    let button = button(&visitor);
    // An empty value takes its place in memory, too.
    for (count, status) in [(5_000, StatusCode::SEE_OTHER), (10_000, StatusCode::PAYLOAD_TOO_LARGE)] {
        let all = fields([("name", "Ann".to_owned())].into_iter().chain(vec![("chosen", String::new()); count]));
        let reply = send(&mut visitor, &all, Some(button.clone())).await;
        assert_eq!(reply.status(), status, "{count}: {}", reply.text());
    }
    let all = fields([("name", "x".repeat(1 << 20))]);
    let reply = send(&mut visitor, &all, Some(button)).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.text().contains("This request is larger than 1 MB."), "{}", reply.text());
    assert_eq!(told(&mut visitor).await, r#""Ann" chose 5000 (1 of them distinct)"#);
}

#[tokio::test]
async fn of_a_stranger_it_is_the_right_to_call_that_is_missed_however_many_fields_come() {
    let app = app();
    let mut visitor = app.visitor().await;
    let many = "name=&".repeat(100_000);
    let (name, value) = button(&visitor);
    let button = |value: &str| url::form_urlencoded::Serializer::new(String::new()).append_pair(&name, value).finish();
    for (body, code) in [
        (many.clone(), "Your browser did not send this button."),
        (format!("{many}{}", button(&format!("A{value}"))), "This page was no longer valid."),
        (format!("{many}{}", button("")), "This page was no longer valid."),
    ] {
        let reply = send_body(&mut visitor, body).await;
        assert!(reply.status().is_client_error() && reply.text().contains(code), "{}", reply.text());
    }
    assert_eq!(told(&mut visitor).await, "");
}
