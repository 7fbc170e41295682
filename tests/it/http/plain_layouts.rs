//! Which forms a page has for browsers without JavaScript, and what readers of forms can send that know neither `form` nor
//! `formaction`: many text browsers, and libraries that scripts use.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use filekit::prelude::*;
use filekit_tests::{Entries, TestApp, Visitor};
use futures_util::{StreamExt as _, stream};

#[state]
#[derive(Default)]
struct Desk {
    done: Vec<String>,
}

#[state]
impl Desk {
    #[event]
    fn keep(&mut self, papers: Vec<UploadFile>, note: String) {
        let names: Vec<&str> = papers.iter().map(|paper| paper.client_name()).collect();
        self.done.push(format!("{note:?} {names:?}"));
    }

    #[event]
    fn frame(&mut self, photo: UploadFile) {
        self.done.push(photo.client_name().to_owned());
    }

    #[event]
    async fn count(&mut self, mut papers: UploadStream) -> Result<()> {
        let mut files = 0;
        while papers.next_file().await?.is_some() {
            files += 1;
        }
        self.done.push(format!("{files} files"));
        Ok(())
    }

    #[event]
    fn note(&mut self, text: String) {
        self.done.push(text);
    }
}

/// The README's shape: an upload and the button that sends it stand beside each other.
async fn one_button(desk: Current<Desk>) -> View {
    view![
        upload(id = "papers", max_files = 2, button("Choose")),
        input(id = "note"),
        button(on_click = Desk::keep(upload_files("papers"), value_of("note")), "Keep"),
        button(on_click = clear_selected_files("papers"), "Clear"),
        p(id = "done", desk.done.join(";")),
    ]
}

async fn counter(desk: Current<Desk>) -> View {
    view![
        upload(id = "papers", "Papers"),
        button(on_click = Desk::count(upload_files("papers")), "Count"),
        p(id = "done", desk.done.join(";")),
    ]
}

async fn several(desk: Current<Desk>) -> View {
    view![
        upload(id = "papers", max_files = 2, "Papers"),
        upload(id = "photos", accept = "image/*", "Photos"),
        input(id = "note"),
        // A control of the developer's may have any name.
        input(id = "call", value = "mine"),
        button(on_click = Desk::keep(upload_files("papers"), value_of("note")), "Keep"),
        button(on_click = Desk::frame(upload_files("photos")), "Frame"),
        button(on_click = Desk::count(upload_files("papers")), "Count"),
        button(on_click = [Desk::note("a".to_owned()), Desk::note("b".to_owned())], "Twice"),
        button(on_click = Desk::note("x?y=1&z".to_owned()), "Note"),
        p(id = "done", desk.done.join(";")),
    ]
}

/// Takes less from its second visit on.
async fn stricter(desk: Current<Desk>) -> View {
    let rules =
        if desk.done.is_empty() { Upload::new("papers") } else { Upload::new("papers").max_size(1).accept(&[".txt"]) };
    view![
        upload(id = &rules, "Papers"),
        input(id = "note"),
        button(on_click = Desk::keep(upload_files(&rules), value_of("note")), "Keep"),
        button(on_click = Desk::note("noted".to_owned()), "Note"),
        p(id = "done", desk.done.join(";")),
    ]
}

async fn with_form(desk: Current<Desk>) -> View {
    view![
        form(on_submit = Desk::note(value_of("text")), input(id = "text"), button(r#type = "submit", "Write"),),
        upload(id = "papers", "Papers"),
        button(on_click = Desk::keep(upload_files("papers"), value_of("text")), "Keep"),
        button(on_click = Desk::note("x".to_owned()), "Note"),
        p(id = "done", desk.done.join(";")),
    ]
}

fn buttons(count: usize) -> View {
    view![for nth in 0..count {
        button(on_click = Desk::note(nth.to_string()), "Note ", nth)
    }]
}

async fn many(desk: Current<Desk>) -> View {
    view![
        upload(id = "papers", min_files = 1, "Papers"),
        button(on_click = Desk::keep(upload_files("papers"), value_of("note")), "Keep"),
        buttons(1_000),
        p(id = "done", desk.done.join(";")),
    ]
}

async fn many_with_form(desk: Current<Desk>) -> View {
    view![
        form(on_submit = Desk::note(value_of("text")), input(id = "text"), button(r#type = "submit", "Write")),
        buttons(1_000),
        p(id = "done", desk.done.join(";")),
    ]
}

async fn foreign_form() -> View {
    view![
        raw_html("<FORM action='/search'><input name=q></FORM>"),
        button(on_click = Desk::note("x".to_owned()), "Note")
    ]
}

async fn form_by_name() -> View {
    view![el("form", input(name = "q")), button(on_click = Desk::note("x".to_owned()), "Note")]
}

fn app() -> TestApp {
    let pages = Router::new()
        .route("/one", get(one_button))
        .route("/counter", get(counter))
        .route("/several", get(several))
        .route("/stricter", get(stricter))
        .route("/form", get(with_form))
        .route("/many", get(many))
        .route("/many-form", get(many_with_form))
        .route("/foreign", get(foreign_form))
        .route("/by-name", get(form_by_name));
    TestApp::new(pages)
}

async fn on(app: &TestApp, path: &str) -> Visitor {
    let mut visitor = app.stranger();
    visitor.open(path).await;
    visitor
}

fn done(visitor: &Visitor) -> String {
    let elements = visitor.page().elements();
    let done = elements.iter().find(|element| element.attribute("id") == Some("done"));
    done.map(|done| done.text()).unwrap_or_default()
}

/// Presses a button with a reader that knows forms only, and reads what was done.
async fn press(visitor: &mut Visitor, path: &str, button: &str, entries: Entries) -> String {
    let reply = visitor.submit_plainly(button, entries).await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, path), "{}", reply.text());
    visitor.open(path).await;
    done(visitor)
}

fn papers() -> Entries {
    Entries::new().text("note", "a & b?").file("papers", "a.txt", "1").file("papers", "b.txt", "2")
}

#[tokio::test]
async fn the_only_button_of_a_page_is_sent_by_its_form() {
    let app = app();
    let mut visitor = on(&app, "/one").await;
    assert_eq!(press(&mut visitor, "/one", "Keep", papers()).await, r#""a & b?" ["a.txt", "b.txt"]"#);
    let request = visitor.plain_submission("Keep", papers());
    assert!(request.uri().path().starts_with("/_filekit/upload/"), "the capability comes before the files");

    let mut visitor = on(&app, "/counter").await;
    assert_eq!(press(&mut visitor, "/counter", "Count", papers()).await, "2 files");
}

#[tokio::test]
async fn each_of_several_buttons_is_told_by_its_value() {
    let app = app();
    let mut visitor = on(&app, "/several").await;
    assert_eq!(press(&mut visitor, "/several", "Note", papers()).await, "x?y=1&z");
    assert_eq!(press(&mut visitor, "/several", "Twice", papers()).await, "x?y=1&z;a;b");
    let photo = Entries::new().file("photos", "p.png", filekit_tests::PNG);
    assert_eq!(press(&mut visitor, "/several", "Frame", photo).await, "x?y=1&z;a;b;p.png");
    assert_eq!(
        press(&mut visitor, "/several", "Keep", papers()).await,
        r#"x?y=1&z;a;b;p.png;"a & b?" ["a.txt", "b.txt"]"#
    );
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn the_rules_of_the_page_and_of_the_event_hold() {
    let app = app();
    let mut visitor = on(&app, "/several").await;
    let photo = |name: &str| Entries::new().file("photos", name, filekit_tests::PNG);
    for (button, entries, status, words) in [
        ("Keep", papers().file("papers", "c.txt", "3"), 422, "Too many files: at most 2 can be sent."),
        ("Frame", Entries::new().file("photos", "a.txt", "no image"), 415, "is not accepted here"),
        ("Frame", Entries::new(), 422, "Too few files: at least 1 must be sent."),
        (
            "Frame",
            photo("a.png").file("photos", "b.png", filekit_tests::PNG),
            422,
            "Too many files: at most 1 can be sent.",
        ),
    ] {
        let reply = visitor.submit_plainly(button, entries).await;
        assert_eq!(reply.status(), status, "{words}");
        assert!(visitor.page().text().contains(words), "{}", visitor.page().text());
    }
    assert_eq!(done(&visitor), "");
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn what_such_a_reader_cannot_send_is_answered_with_what_to_do() {
    let app = app();
    let words = "Your browser did not send this button.";
    let mut visitor = on(&app, "/several").await;
    let reply = visitor.submit_plainly("Count", papers()).await;
    assert_eq!(reply.status(), StatusCode::BAD_REQUEST);
    assert!(visitor.page().text().contains(words), "the files are here before the event is known that reads them");

    // The form that controls name which stand in none: its button was not sent.
    for (path, form) in [("/form", "filekit-form"), ("/form", "filekit-event"), ("/many", "filekit-form")] {
        let mut visitor = on(&app, path).await;
        let forms = visitor.page().named("form");
        let form = forms.into_iter().find(|found| found.attribute("id") == Some(form)).expect("a form");
        let action = form.attribute("action").expect("an address").to_owned();
        for (mime, body) in
            [("application/x-www-form-urlencoded", "text=a"), ("multipart/form-data; boundary=x", "--x--\r\n")]
        {
            let (mut head, _) = visitor.submission("Keep", Entries::new()).into_parts();
            head.uri = action.parse().expect("a URL");
            head.headers.insert(header::CONTENT_TYPE, mime.parse().expect("a header"));
            let reply = visitor.send(Request::from_parts(head, Body::from(body))).await;
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{path} {mime}");
            assert!(reply.text().contains(words) && reply.text().contains("role=\"alert\""), "{}", reply.text());
        }
    }
}

/// A body that goes on for ever.
fn endless(first: &str) -> Body {
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"filekit-uploads\"\r\n\r\n{first}\r\n\
         --x\r\nContent-Disposition: form-data; name=\"papers\"; filename=\"a\"\r\n\r\n"
    );
    let content = stream::repeat(Bytes::from_static(&[b'x'; 65_536]));
    Body::from_stream(stream::iter([Bytes::from(head)]).chain(content).map(Ok::<_, std::io::Error>))
}

fn uploads(visitor: &Visitor) -> String {
    let inputs = visitor.page().named("input");
    let input = inputs.into_iter().find(|input| input.attribute("name") == Some("filekit-uploads"));
    input.and_then(|input| input.attribute("value")).expect("signed uploads").to_owned()
}

#[tokio::test]
async fn the_form_around_a_page_is_another_visitors_or_pages_before_any_file_is_read() {
    let app = app();
    let mut visitor = on(&app, "/several").await;
    let [other_visitor, other_page] = [uploads(&on(&app, "/several").await), {
        let mut same = visitor.clone();
        same.open("/many").await;
        uploads(&same)
    }];
    let own = uploads(&visitor);
    for (signed, status) in [(&*other_visitor, 403), (&other_page, 403), (&own[1..], 403), ("", 403)] {
        let (mut head, _) = visitor.plain_submission("Keep", Entries::new()).into_parts();
        head.headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().expect("a header"));
        let reply = visitor.send(Request::from_parts(head, endless(signed))).await;
        assert_eq!(reply.status(), status, "{}", reply.text());
        assert!(app.spool_is_empty());
    }
}

#[tokio::test]
async fn a_button_of_another_visitor_calls_nothing() {
    let app = app();
    let [visitor, other] = [on(&app, "/several").await, on(&app, "/several").await];
    let value = |visitor: &Visitor| {
        let buttons = visitor.page().named("button");
        let keep = buttons.into_iter().find(|button| button.text() == "Keep").expect("a button");
        keep.attribute("value").expect("its call").to_owned()
    };
    let [own, foreign] = [value(&visitor), value(&other)];
    let mut visitor = visitor;
    let (head, body) = visitor.plain_submission("Keep", papers()).into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let body = String::from_utf8(body.to_vec()).expect("text").replace(&own, &foreign);
    let reply = visitor.send(Request::from_parts(head, Body::from(body))).await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{}", reply.text());
    assert!(app.spool_is_empty());
    visitor.open("/several").await;
    assert_eq!(done(&visitor), "");
}

#[tokio::test]
async fn files_that_an_earlier_page_took_are_not_sent_to_an_event_with_stricter_rules() {
    let app = app();
    let mut visitor = on(&app, "/stricter").await;
    let lax = uploads(&visitor);
    press(&mut visitor, "/stricter", "Note", Entries::new()).await;
    let strict = uploads(&visitor);
    assert_ne!(lax, strict);
    for (entries, refused_by) in [
        (Entries::new().file("papers", "evil.exe", "12"), 409),
        (Entries::new().file("papers", "large.txt", "12"), 409),
    ] {
        let (head, body) = visitor.plain_submission("Keep", entries).into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text").replace(&strict, &lax);
        let reply = visitor.send(Request::from_parts(head, Body::from(body))).await;
        assert_eq!(reply.status(), refused_by, "{}", reply.text());
        assert!(app.spool_is_empty());
    }
    visitor.open("/stricter").await;
    assert_eq!(done(&visitor), "noted");
    let kept = press(&mut visitor, "/stricter", "Keep", Entries::new().file("papers", "a.txt", "1")).await;
    assert_eq!(kept, "noted;\"\" [\"a.txt\"]");
}

#[tokio::test]
async fn a_form_with_two_sessions_asks_the_page_for_the_one_whose_event_runs() {
    let app = app();
    let [mut one, other] = [on(&app, "/several").await, on(&app, "/several").await];
    let value = |visitor: &Visitor| {
        let buttons = visitor.page().named("button");
        let keep = buttons.into_iter().find(|button| button.text() == "Keep").expect("a button");
        keep.attribute("value").expect("its call").to_owned()
    };
    let cookie = |visitor: &Visitor| {
        let (name, value) = visitor.cookies().iter().next().expect("a session");
        format!("{name}={value}")
    };
    let [own, foreign] = [value(&one), value(&other)];
    let (mut head, body) = one.plain_submission("Keep", papers()).into_parts();
    let both = format!("{}; {}", cookie(&one), cookie(&other));
    head.headers.insert(header::COOKIE, both.parse().expect("a header"));
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
    let body = String::from_utf8(body.to_vec()).expect("text").replace(&own, &foreign);
    let reply = app.stranger().send(Request::from_parts(head, Body::from(body))).await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{}", reply.text());
    assert!(app.spool_is_empty());
    for visitor in [&mut one, &mut other.clone()] {
        visitor.open("/several").await;
        assert_eq!(done(visitor), "");
    }
}

/// The ids of a page's forms of ours.
fn forms(visitor: &Visitor) -> Vec<String> {
    let forms = visitor.page().named("form");
    forms.iter().filter_map(|form| form.attribute("id")).map(str::to_owned).collect()
}

#[tokio::test]
async fn no_form_stands_in_another() {
    let app = app();
    for (path, expected) in [
        ("/one", &["filekit-form"][..]),
        ("/several", &["filekit-event", "filekit-form"]),
        ("/form", &["filekit-form", "filekit-event"]),
        ("/many", &["filekit-form"]),
        ("/many-form", &["filekit-event"]),
        ("/foreign", &["filekit-event"]),
        ("/by-name", &["filekit-event"]),
    ] {
        let visitor = on(&app, path).await;
        assert_eq!(forms(&visitor), expected, "{path}");
        for form in visitor.page().named("form") {
            assert_eq!(form.named("form").len(), 0, "{path}");
        }
    }
}

/// Chromium looks for a form's default button anew with each button that joins it by name.
#[tokio::test]
async fn many_buttons_name_no_form_that_scripts_would_see() {
    let app = app();
    let many = on(&app, "/many").await;
    assert!(many.page().named("button").iter().all(|button| button.attribute("form").is_none()));
    let with_form = on(&app, "/many-form").await;
    let hidden = with_form.page().named("no-script");
    assert_eq!(hidden.iter().flat_map(|hidden| hidden.named("form")).count(), 1);

    // Both work without scripts all the same, also next to an upload that wants files.
    for (mut visitor, path) in [(many, "/many"), (with_form, "/many-form")] {
        visitor.submit_and_follow("Note 7", Entries::new()).await;
        assert_eq!(done(&visitor), "7", "{path}");
    }
}
