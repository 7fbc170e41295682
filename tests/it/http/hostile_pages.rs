//! What strangers try against page instances, the whole view and live events: pages that others guard, foreign markers.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use filekit::prelude::*;
use filekit_tests::{Entries, TestApp, Visitor};
use serde_json::json;

#[state]
#[derive(Default)]
struct Looks {
    count: u32,
}

#[state]
impl Looks {
    #[event]
    async fn look_and_fail(&mut self, updates: Updates) -> Result<()> {
        self.count += 1;
        updates.send(self).await?;
        Err(Error::user("No."))
    }

    #[event]
    fn look(&mut self) {
        self.count += 1;
    }
}

async fn page(looks: Current<Looks>) -> View {
    view![text(looks.count), button(on_click = Looks::look, "Look")]
}

async fn admin(_: Current<Looks>) -> View {
    view![text("for administrators"), button(on_click = Looks::look, "Look")]
}

/// Guards a path from outside of filekit, as a proxy would.
async fn no_admins(request: Request, next: Next) -> Response {
    let is_known = request.headers().contains_key("x-known");
    if request.uri().path().starts_with("/admin") && !is_known {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

fn guarded_from_outside() -> TestApp {
    let app = TestApp::new(Router::new().route("/", get(page)).route("/admin", get(admin)));
    app.layered(|router| router.layer(from_fn(no_admins)))
}

/// Ways to say the path of a page that somebody guards, as parts of a query.
const GUARDED: [&str; 6] = ["%2Fadmin", "%2Fadmin%3Fx", "%2F%2Fadmin", "%2F.%2Fadmin", "%2Fadmin%2F", "admin"];

fn instance(visitor: &Visitor) -> String {
    let body = visitor.page().named("body");
    body[0].attribute("data-filekit-instance").expect("an instance").to_owned()
}

/// Sends a request that is no good, and expects to be refused without having seen anything.
async fn assert_refused(visitor: &mut Visitor, mut request: axum::http::Request<Body>, method: Method, uri: &str) {
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse().expect("a path");
    let reply = visitor.send(request).await;
    assert!(reply.status().is_client_error(), "{uri}: {}", reply.status());
    assert!(!reply.text().contains("administrators"), "{uri}");
}

#[tokio::test]
async fn a_page_that_is_guarded_from_outside_is_not_shown_without_a_capability() {
    let app = guarded_from_outside();
    let mut visitor = app.visitor().await;
    let own = instance(&visitor);
    for page in GUARDED {
        let decoded = page.replace("%2F", "/").replace("%3F", "?");
        for instance in [own.as_str(), "00000000000000ab.0", ""] {
            let asked = visitor.event(&json!({ "page": decoded, "instance": instance }));
            assert_refused(&mut visitor, asked, Method::POST, "/_filekit/view").await;
            let mut call = visitor.call_of("Look");
            call["page"] = json!(decoded);
            call["instance"] = json!(instance);
            let event = visitor.event(&call);
            assert_refused(&mut visitor, event, Method::POST, "/_filekit/event").await;
            let followed = visitor.event(&json!({}));
            let uri = format!("/_filekit/live?page={page}&instance={instance}");
            assert_refused(&mut visitor, followed, Method::GET, &uri).await;
        }
        let form = visitor.submission("Look", Entries::new());
        let seal = form.uri().to_string().split("seal=").nth(1).expect("a seal").to_owned();
        for rest in [format!("&seal={seal}"), String::new()] {
            for path in ["form", "upload/AAAA"] {
                let form = visitor.upload_request("call=AAAA");
                assert_refused(&mut visitor, form, Method::POST, &format!("/_filekit/{path}?page={page}{rest}")).await;
            }
        }
    }
    visitor.open("/").await;
    assert_eq!(visitor.page().named("span")[0].text(), "0");
}

#[tokio::test]
async fn markup_from_elsewhere_brings_no_comments_that_patches_go_by() {
    async fn page() -> View {
        let text = "a<!--fk]--><!--fk[-->b<!fk[><!--fk,--><!--fk=--><!--fk;-->";
        view![
            raw_html(format!("{text}<!-- fk[ --><!--other--><p>fk[</p>")),
            p(title = text, text),
            raw_html("<!--fk[-->"),
        ]
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.stranger();
    let reply = visitor.get("/").await;
    let main = reply.text().split("<main id=\"filekit\">").nth(1).and_then(|rest| rest.split("</main>").next());
    let quoted = "a&lt;!--fk]--&gt;&lt;!--fk[--&gt;b&lt;!fk[&gt;&lt;!--fk,--&gt;&lt;!--fk=--&gt;&lt;!--fk;--&gt;";
    let expected = format!(
        "<!--fk[-->a<!-- fk]--><!-- fk[-->b<! fk[><!-- fk,--><!-- fk=--><!-- fk;--><!-- fk[ --><!--other--><p>fk[</p><!--fk]-->\
         <p title=\"{quoted}\">{quoted}</p><!--fk[--><!-- fk[--><!--fk]-->"
    );
    assert_eq!(main, Some(&*expected));
}

fn part(count: u32) -> View {
    view![
        if count > 0 { button(on_click = Looks::look, "Seen ", count) } else { "Never" },
        ul(for nth in 0..count {
            li(nth);
            text(nth);
        })
    ]
}

/// The page's content, with nothing in its holes.
fn content(reply: &str) -> String {
    let main = reply.split("<main id=\"filekit\">").nth(1).and_then(|rest| rest.split("</main>").next());
    let mut values = main.expect("a page").split(" value=\"");
    let first = values.next().unwrap_or_default().to_owned();
    values.fold(first, |text, rest| text + rest.split_once('"').expect("an end").1)
}

#[tokio::test]
async fn a_view_has_no_comments_where_they_would_be_text() {
    async fn page(_: Current<Looks>) -> View {
        view![textarea(part(0)), el("iframe", part(1)),]
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    let reply = app.stranger().get("/").await;
    let expected = "<textarea class=\"fk-textarea\">\nNever<ul></ul></textarea><iframe><button data-filekit-on-click \
         name=\"filekit-call\" form=\"filekit-event\" class=\"fk-button\">Seen 1</button>\
         <ul><li>0</li><span class=\"fk-text\">0</span></ul></iframe>";
    assert_eq!(content(reply.text()), expected);
}

/// The browser does not look into templates for the places of ranges.
#[tokio::test]
async fn ranges_in_a_template_are_not_counted() {
    async fn page(looks: Current<Looks>) -> View {
        view![
            el("template", data_count = looks.count, div(part(1))),
            if looks.count > 0 {
                p("Seen")
            },
            if true {
                p("Last")
            },
            button(on_click = Looks::look, "Look"),
        ]
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    let mut call = visitor.call_of("Look");
    call["instance"] = json!(instance(&visitor));
    let request = visitor.event(&call);
    let patch = visitor.send(request).await.json()["view"]["patch"].clone();
    assert_eq!(patch[1][1], json!(["range", 0, ["<p>Seen</p>", []]]), "{patch}");
    assert_eq!((&patch[1][0][0], &patch[1][0][1]), (&json!("element"), &json!([0])), "{patch}");
}

#[tokio::test]
async fn who_was_let_in_from_outside_is_shown_the_page_again() {
    let app = guarded_from_outside();
    let mut visitor = app.stranger();
    visitor.always_send("x-known", "yes");
    visitor.open("/admin").await;
    let mut asked = visitor.event(&json!({ "page": "/admin", "instance": instance(&visitor) }));
    *asked.uri_mut() = "/_filekit/view".parse().expect("a path");
    let reply = visitor.send(asked).await.json();
    assert!(reply["view"]["body"].as_str().expect("a body").contains("administrators"), "{reply}");
}

/// Comments that answer each other, for example: visitors choose how deep.
async fn thread(looks: Current<Looks>, uri: Uri) -> View {
    fn answers(depth: u32, count: u32) -> View {
        view![
            div(for nth in 0..depth.min(1) {
                answers(depth - 1, count + nth)
            }),
            if depth == 0 {
                p(count)
            },
        ]
    }
    let depth = uri.query().and_then(|depth| depth.parse().ok()).expect("a depth");
    view![answers(depth, looks.count), button(on_click = Looks::look_and_fail, "Try")]
}

#[tokio::test]
async fn what_is_deep_within_other_views_can_be_told_and_taken_back() {
    let app = TestApp::new(Router::new().route("/", get(thread)));
    for depth in [20, 50, 600] {
        let page = format!("/?{depth}");
        let mut visitor = Visitor::at(app.site(), &page).await;
        let mut call = visitor.call_of("Try");
        call["page"] = json!(page);
        call["instance"] = json!(instance(&visitor));
        let request = visitor.event(&call);
        let reply = visitor.send(request).await;
        let lines: Vec<&str> = reply.text().lines().collect();
        assert!(lines[0].contains("\"patch\":[null,") && lines[0].contains("<p>1</p>"), "{}", lines[0]);
        assert!(lines[1].contains("No.") && lines[1].contains("<p>0</p>"), "{}", lines[1]);
    }
}
