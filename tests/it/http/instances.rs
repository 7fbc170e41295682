//! Page instances: which version of a page an answer is for, and when it stands by itself.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Redirect, Response};
use filekit::prelude::*;
use filekit_tests::{Reply, TestApp, Visitor, in_time};
use futures_util::FutureExt as _;
use futures_util::future::join;
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Notes {
    lines: Vec<String>,
    title: String,
}

#[state]
impl Notes {
    #[event]
    fn write(&mut self, line: String) {
        self.lines.push(line);
    }

    #[event]
    fn entitle(&mut self) {
        self.title = "Renamed".to_owned();
    }

    #[event]
    fn look(&self) -> Toast {
        Toast::info("Looked.")
    }

    #[event]
    async fn try_and_fail(&mut self, updates: Updates) -> Result<()> {
        for line in ["first", "second"] {
            self.lines.push(line.to_owned());
            updates.send(self).await?;
        }
        Err(Error::user("No."))
    }

    /// Ends while something is still to be shown.
    #[event]
    async fn hurry(&mut self, updates: Updates) -> Result<()> {
        self.lines.push("shown".to_owned());
        updates.send(self).await?;
        let overtaken = Self { lines: vec!["overtaken".to_owned()], ..Self::default() };
        let late = updates.send(&overtaken).now_or_never();
        self.lines.push(format!("late: {}", late.is_none()));
        Ok(())
    }

    #[event]
    fn keep(&mut self, files: Vec<UploadFile>) {
        self.lines.extend(files.iter().map(|file| file.name().to_string()));
    }

    #[event]
    async fn count(&mut self, updates: Updates, mut files: UploadStream) -> Result<()> {
        while let Some(mut file) = files.next_file().await? {
            while file.next_chunk().await?.is_some() {
                self.lines.push("x".repeat(40_000));
                updates.send(self).await?;
            }
        }
        Ok(())
    }
}

async fn page(notes: Current<Notes>) -> View {
    let title = format!("Notes {}", notes.title);
    view![
        ul(for line in &notes.lines {
            li(line)
        }),
        button(on_click = Notes::write("a line"), "Write"),
        button(on_click = Notes::entitle, "Entitle"),
        button(on_click = Notes::look, "Look"),
        button(on_click = Notes::try_and_fail, "Try"),
        button(on_click = Notes::hurry, "Hurry"),
        upload(id = "kept"),
        button(on_click = Notes::keep(upload_files("kept")), "Keep"),
        upload(id = "counted"),
        button(on_click = Notes::count(upload_files("counted")), "Count"),
    ]
    .title(title)
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// Clicks in a document that shows this instance and version.
async fn click_at(visitor: &mut Visitor, text: &str, instance: &str) -> Reply {
    let mut call = visitor.call_of(text);
    call["instance"] = json!(instance);
    let request = visitor.event(&call);
    visitor.send(request).await
}

/// The instance and version that the document says.
fn instance(visitor: &Visitor) -> String {
    let body = visitor.page().named("body");
    body[0].attribute("data-filekit-instance").expect("an instance").to_owned()
}

fn id(instance: &str) -> &str {
    instance.split_once('.').expect("an id and a version").0
}

/// A view's instance, the version that it is for, and its own.
fn versions(view: &Value) -> (&str, Option<u64>, u64) {
    (view["instance"].as_str().expect("an id"), view["from"].as_u64(), view["version"].as_u64().expect("a version"))
}

fn assert_whole(view: &Value, line: &str) {
    assert_eq!(view.get("from"), None, "{view}");
    assert_eq!(view.get("patch"), None, "{view}");
    assert!(view["title"].as_str().expect("a title").starts_with("Notes"), "{view}");
    assert!(view["body"].as_str().expect("a body").contains(line), "{view}");
}

#[tokio::test]
async fn every_document_is_an_instance_of_its_own() {
    let app = app();
    let visitor = app.visitor().await;
    let mut tab = visitor.clone();
    tab.open("/").await;
    let (first, second) = (instance(&visitor), instance(&tab));
    assert!(first.ends_with(".0") && second.ends_with(".0"), "{first} {second}");
    assert_ne!(id(&first), id(&second));
}

#[tokio::test]
async fn an_event_brings_what_is_between_two_versions() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = click_at(&mut visitor, "Write", &shown).await.json();
    assert_eq!(versions(&reply["view"]), (id(&shown), Some(0), 1));
    assert!(reply["view"]["patch"].to_string().contains("a line"), "{reply}");
    assert_eq!(reply["view"].get("body"), None);
    assert_eq!(reply["view"].get("title"), None, "the title is what it was");
    assert_eq!((&reply["actions"], reply.get("body")), (&json!([]), None));

    let reply = click_at(&mut visitor, "Write", &format!("{}.1", id(&shown))).await.json();
    assert_eq!(versions(&reply["view"]), (id(&shown), Some(1), 2));
}

#[tokio::test]
async fn where_nothing_has_changed_nothing_travels() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = click_at(&mut visitor, "Look", &shown).await.json();
    assert_eq!(reply["view"], json!({ "instance": id(&shown), "from": 0, "version": 0 }));
    assert_eq!(reply["actions"][0]["text"], "Looked.");
}

#[tokio::test]
async fn a_title_travels_when_it_changes() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = click_at(&mut visitor, "Entitle", &shown).await.json();
    let expected = json!({
        "instance": id(&shown), "from": 0, "version": 1, "title": "Notes Renamed", "patch": [null, []]
    });
    assert_eq!(reply["view"], expected);
}

#[tokio::test]
async fn the_base_of_a_patch_is_what_the_server_told_last() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let mut same_tab = visitor.clone();
    let replies = join(click_at(&mut visitor, "Write", &shown), click_at(&mut same_tab, "Write", &shown)).await;
    let mut versions: Vec<_> =
        [replies.0, replies.1].iter().map(|reply| reply.json()["view"]["from"].clone()).collect();
    versions.sort_by_key(Value::as_u64);
    assert_eq!(versions, [json!(0), json!(1)]);
    assert_eq!(click_at(&mut visitor, "Look", &shown).await.json()["view"]["from"], 2);
}

#[tokio::test]
async fn an_instance_that_nobody_knows_gets_the_whole_view_and_is_known_then() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = click_at(&mut visitor, "Write", "00000000000000ab.7").await.json();
    assert_whole(&reply["view"], "a line");
    let (id, _, version) = versions(&reply["view"]);
    assert!(id.starts_with("00000000000000ab"), "{id}");
    assert!(version > 1_000_000, "greater than any answer's that is still on its way: {version}");
    let reply = click_at(&mut visitor, "Write", &format!("{id}.{version}")).await.json();
    assert_eq!(versions(&reply["view"]), (id, Some(version), version + 1));
}

#[tokio::test]
async fn a_version_that_the_server_has_not_told_gets_the_whole_view() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = click_at(&mut visitor, "Write", &format!("{}.9", id(&shown))).await.json();
    assert_whole(&reply["view"], "a line");
}

#[tokio::test]
async fn an_instance_is_known_in_its_session_only() {
    let app = app();
    let visitor = app.visitor().await;
    let mut other = app.visitor().await;
    let reply = click_at(&mut other, "Look", &instance(&visitor)).await.json();
    assert_whole(&reply["view"], "<ul");
}

#[tokio::test]
async fn what_is_no_instance_is_refused_before_the_event_runs() {
    let app = app();
    let mut visitor = app.visitor().await;
    for text in ["", "1", "00000000000000ab", "00000000000000ab.x", "../../etc.1"] {
        let reply = click_at(&mut visitor, "Write", text).await;
        assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::BAD_REQUEST, "request.malformed"), "{text}");
    }
    visitor.open("/").await;
    assert!(visitor.page().named("li").is_empty());
}

#[tokio::test]
async fn updates_are_versions_and_the_refusal_takes_them_back() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = click_at(&mut visitor, "Try", &shown).await;
    let lines: Vec<Value> = reply.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 3, "{}", reply.text());
    assert_eq!(versions(&lines[0]["update"]), (id(&shown), Some(0), 1));
    assert_eq!(versions(&lines[1]["update"]), (id(&shown), Some(1), 2));
    assert_eq!(lines[2]["error"]["message"], "No.");
    assert_eq!(versions(&lines[2]["view"]), (id(&shown), Some(2), 3));
    assert!(!lines[2]["view"].to_string().contains("second"), "{}", lines[2]);
}

#[tokio::test]
async fn an_update_that_comes_too_late_is_left_out_and_holds_up_nobody() {
    /// Waits for something, as pages with a database do.
    async fn waiting(notes: Current<Notes>) -> View {
        tokio::task::yield_now().await;
        page(notes).await
    }
    let app = TestApp::new(Router::new().route("/", get(waiting)));
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = in_time("the answer", click_at(&mut visitor, "Hurry", &shown)).await;
    let lines: Vec<Value> = reply.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2, "{}", reply.text());
    assert_eq!(versions(&lines[0]["update"]), (id(&shown), Some(0), 1));
    assert_eq!(versions(&lines[1]["view"]), (id(&shown), Some(1), 2));
    assert!(lines[1].to_string().contains("late: true"), "{}", lines[1]);
    assert!(!reply.text().contains("overtaken"), "{}", reply.text());
}

#[tokio::test]
async fn an_upload_says_its_instance_in_the_call() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let mut call = visitor.upload_call("kept");
    call["instance"] = json!(shown);
    let body = filekit_tests::Multipart::new(&call).file("kept", "a.txt", b"text").finish();
    let request = visitor.upload_request(body);
    let reply = visitor.send(request).await.json();
    assert_eq!(versions(&reply["view"]), (id(&shown), Some(0), 1));
    assert!(reply["view"]["patch"].to_string().contains("a.txt"), "{reply}");
}

/// A browser sends a call again by itself if its connection ends without an answer.
#[tokio::test]
async fn a_call_that_comes_twice_happens_once_and_the_second_is_told_what_the_page_shows() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let mut call = visitor.call_of("Write");
    call["instance"] = json!(shown);
    call["once"] = json!(0.5);
    let first = visitor.event(&call);
    let first = visitor.send(first).await.json();
    assert_eq!(versions(&first["view"]), (id(&shown), Some(0), 1));

    let second = visitor.event(&call);
    let second = visitor.send(second).await;
    assert_eq!((second.status(), second.code().as_str()), (StatusCode::CONFLICT, "event.repeated"));
    let view = &second.json()["view"];
    assert_whole(view, "a line");
    assert_eq!(versions(view), (id(&shown), None, 2), "newer than what may have been lost");
    assert_eq!(view["body"].as_str().expect("a body").matches("a line</li>").count(), 1, "{view}");

    call["instance"] = json!(format!("{}.2", id(&shown)));
    call["once"] = json!(0.25);
    let third = visitor.event(&call);
    let third = visitor.send(third).await.json();
    assert_eq!(versions(&third["view"]), (id(&shown), Some(2), 3));
}

/// A browser that is refused in the middle of a file may not see why, and asks again with its beginning.
#[tokio::test]
async fn a_stream_that_broke_off_can_be_sent_again() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut call = visitor.upload_call("counted");
    call["once"] = json!(0.5);
    for _ in 0..2 {
        let body = filekit_tests::Multipart::new(&call).file_head("counted", "a.txt").unfinished();
        let request = visitor.upload_request(body);
        assert_eq!(visitor.send(request).await.code(), "upload.truncated");
    }
    let body = filekit_tests::Multipart::new(&call).file("counted", "a.txt", b"text").finish();
    for code in ["", "event.repeated"] {
        let request = visitor.upload_request(body.clone());
        let reply = visitor.send(request).await;
        let last: Value = serde_json::from_str(reply.text().lines().last().expect("a line")).expect("JSON");
        assert_eq!(last["error"]["code"].as_str().unwrap_or_default(), code, "{}", reply.text());
    }
}

#[tokio::test]
async fn a_page_that_is_not_valid_any_more_is_told_what_is() {
    let app = app();
    let visitor = app.visitor().await;
    let shown = instance(&visitor);
    let mut call = visitor.call_of("Write");
    call["instance"] = json!(shown);
    let mut newcomer = app.stranger();
    let request = newcomer.event(&call);
    let reply = newcomer.send(request).await;
    assert_eq!(reply.code(), "event.no-cookie");
    let view = &reply.json()["view"];
    assert_whole(view, "Write");
    assert_eq!(versions(view).0[..16], id(&shown)[..16]);
    assert_ne!(versions(view).0, id(&shown), "it is of another session from now on");
}

#[tokio::test]
async fn a_page_that_answers_with_no_view_leaves_the_document_as_it_is() {
    async fn page(notes: Current<Notes>) -> Response {
        match notes.lines.is_empty() {
            true => view![button(on_click = Notes::write("x"), "Write")].into_response(),
            false => Redirect::to("/done").into_response(),
        }
    }
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    let reply = click_at(&mut visitor, "Write", &shown).await.json();
    assert_eq!(reply, json!({ "actions": [{ "action": "redirect", "url": "/done" }] }));
}

/// Asks for the whole view of a page, of which the visitor has a document.
async fn sync(visitor: &mut Visitor, page: &str) -> Reply {
    let body = json!({ "page": page, "instance": instance(visitor) });
    ask(visitor, &body).await
}

async fn ask(visitor: &mut Visitor, body: &Value) -> Reply {
    let mut request = visitor.event(body);
    *request.uri_mut() = "/_filekit/view".parse().expect("a path");
    visitor.send(request).await
}

#[tokio::test]
async fn a_page_that_lost_track_asks_for_the_whole_view() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    click_at(&mut visitor, "Write", &shown).await;
    let reply = sync(&mut visitor, "/").await.json();
    assert_whole(&reply["view"], "a line");
    assert_eq!(versions(&reply["view"]), (id(&shown), None, 2), "what is still on its way is in this, or comes next");
    let reply = click_at(&mut visitor, "Write", &format!("{}.2", id(&shown))).await.json();
    assert_eq!(versions(&reply["view"]), (id(&shown), Some(2), 3));
}

#[tokio::test]
async fn a_page_whose_name_another_document_goes_by_asks_for_one_of_its_own() {
    let app = app();
    let mut visitor = app.visitor().await;
    let shown = instance(&visitor);
    click_at(&mut visitor, "Write", &shown).await;
    let asked = json!({ "page": "/", "instance": shown, "anew": true });
    let reply = ask(&mut visitor, &asked).await.json();
    assert_whole(&reply["view"], "a line");
    let (new, _, version) = versions(&reply["view"]);
    assert_ne!(new, id(&shown));
    assert_eq!(version, 0);
    let reply = click_at(&mut visitor, "Write", &format!("{new}.0")).await.json();
    assert_eq!(versions(&reply["view"]), (new, Some(0), 1));
    let again = json!({ "page": "/", "instance": format!("{new}.1") });
    let reply = ask(&mut visitor, &again).await.json();
    assert_eq!(versions(&reply["view"]), (new, None, 2), "its name is as good as that of a document");
}

#[tokio::test]
async fn the_whole_view_is_for_those_whom_the_page_lets_in() {
    async fn page(_: Current<Notes>, headers: HeaderMap) -> Response {
        match headers.get("x-visitor").and_then(|visitor| visitor.to_str().ok()) {
            Some("known") => view![text("Welcome")].into_response(),
            Some("moved") => Redirect::to("/elsewhere").into_response(),
            _ => StatusCode::FORBIDDEN.into_response(),
        }
    }
    async fn guard(headers: HeaderMap, request: Request, next: Next) -> Response {
        if headers.contains_key("x-visitor") { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
    }
    let app = TestApp::new(Router::new().route("/", get(page)).layer(from_fn(guard)));
    let mut visitor = app.stranger();
    visitor.always_send("x-visitor", "known");
    visitor.open("/").await;
    assert_eq!(sync(&mut visitor, "/").await.json()["view"]["body"], "<span class=\"fk-text\">Welcome</span>");
    visitor.always_send("x-visitor", "");
    let reply = sync(&mut visitor, "/").await;
    assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::FORBIDDEN, "event.extractor-refused"));
    visitor.always_send("x-visitor", "moved");
    let reply = sync(&mut visitor, "/").await;
    assert_eq!(reply.json(), json!({ "actions": [{ "action": "redirect", "url": "/elsewhere" }] }));
    visitor.always_send("x-visitor", "known");
    visitor.always_send("sec-fetch-site", "cross-site");
    assert_eq!(sync(&mut visitor, "/").await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_whole_view_is_of_a_page_of_this_site_that_was_shown() {
    let app = app();
    let mut visitor = app.visitor().await;
    for page in ["//other.test/", "x", "https://other.test/", "/\\other.test"] {
        assert_eq!(sync(&mut visitor, page).await.status(), StatusCode::BAD_REQUEST, "{page}");
    }
    for body in [json!({}), json!(1), json!({ "page": "/" }), json!({ "page": "/", "instance": "x" })] {
        assert_eq!(ask(&mut visitor, &body).await.status(), StatusCode::BAD_REQUEST, "{body}");
    }
    let without_seal = json!({ "page": "/", "instance": "00000000000000ab.0" });
    assert_eq!(ask(&mut visitor, &without_seal).await.code(), "event.out-of-date");
}
