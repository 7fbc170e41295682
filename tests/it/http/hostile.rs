//! What strangers and broken clients try, beyond what each route's own tests have: bounds of memory and files, rights
//! that do not stretch, text that stays text.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use filekit::prelude::*;
use filekit_tests::{Entries, Log, Multipart, Server, TestApp, UploadDir, Visitor};
use futures_util::future::join;
use serde_json::json;
use tokio::sync::Barrier;

const MIB: u64 = 1024 * 1024;

#[state]
#[derive(Default)]
struct Store {
    text: String,
    /// The events that took files, and which.
    taken: Vec<String>,
    kept: Vec<StoredFile>,
}

/// How often `Store::look` ran.
static LOOKS: AtomicUsize = AtomicUsize::new(0);
/// Where the two halves of a test about handlers that overlap wait for each other.
static HALFWAY: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));

#[state]
impl Store {
    #[event]
    async fn replace(&mut self, file: UploadFile) -> Result<()> {
        file.save_as("shared.txt").await?;
        Ok(())
    }

    #[event]
    async fn replace_and_fail(&mut self, file: UploadFile) -> Result<()> {
        file.save_as("shared.txt").await?;
        HALFWAY.wait().await;
        HALFWAY.wait().await;
        Err(Error::user("Not today."))
    }

    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        self.kept.push(file.save().await?);
        Ok(())
    }

    #[event]
    async fn read(&mut self, mut lines: UploadStream) -> Result<()> {
        while let Some(file) = lines.next_file().await? {
            self.taken.push(format!("read {}", file.name()));
        }
        Ok(())
    }

    #[event]
    fn pair(&mut self, files: Vec<UploadFile>) {
        self.taken.push(format!("pair of {}", files.len()));
    }

    #[event]
    fn look(&self) -> Toast {
        LOOKS.fetch_add(1, Ordering::SeqCst);
        Toast::info("looked")
    }

    #[event]
    fn grow(&mut self) {
        self.text = "x".repeat(17 << 20);
    }

    #[event]
    fn refuse(&mut self, name: String) -> Result<()> {
        Err(Error::user(format!("{name} is taken")))
    }
}

async fn page(store: Current<Store>) -> View {
    view![
        text(store.text.len()),
        upload(id = "new", "a"),
        button(on_click = Store::replace(upload_files("new")), "Replace"),
        upload(id = "failing", "a"),
        button(on_click = Store::replace_and_fail(upload_files("failing")), "Fail"),
        upload(id = "kept", "a"),
        button(on_click = Store::keep(upload_files("kept")), "Keep"),
        button(on_click = Store::look, "Look"),
        button(on_click = Store::grow, "Grow"),
        button(on_click = Store::refuse(value_of("name")), "Refuse"),
        for file in &store.kept {
            link(href = file.url(), file.name())
        },
        link(href = upload_url("link.txt"), "link.txt"),
    ]
}

/// Uploads with rules, for forms without scripts.
async fn desk(store: Current<Store>) -> View {
    view![
        upload(id = "lines", accept = ".csv", "a"),
        button(on_click = Store::read(upload_files("lines")), "Read"),
        upload(id = "kept", "a"),
        button(on_click = Store::keep(upload_files("kept")), "Keep"),
        upload(id = "pair", min_files = 2, "a"),
        button(on_click = Store::pair(upload_files("pair")), "Pair"),
        p(id = "taken", store.taken.join(", ")),
    ]
}

async fn admin() -> View {
    view![text("for administrators")]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)).route("/desk", get(desk)).route("/admin", get(admin)))
}

/// Guards a path from outside of filekit, as a proxy would.
async fn no_admins(request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/admin") {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

#[tokio::test]
async fn a_page_that_is_guarded_from_outside_is_not_shown_by_an_event_of_another() {
    let app = app().layered(|router| router.layer(from_fn(no_admins)));
    let mut visitor = app.visitor().await;
    for page in ["/admin", "/admin?x", "//admin", "/./admin", "/admin/", "admin"] {
        let mut call = visitor.call_of("Look");
        call["page"] = json!(page);
        let request = visitor.event(&call);
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{page}: {}", reply.status());
        assert!(!reply.text().contains("administrators"), "{page}");
    }
}

#[tokio::test]
async fn a_capability_to_call_is_none_to_fetch() {
    let app = app();
    let mut visitor = app.visitor().await;
    let capability = visitor.call_of("Look")["capability"].as_str().expect("a capability").to_owned();
    let before = LOOKS.load(Ordering::SeqCst);
    let reply = visitor.get(&format!("/_filekit/download?capability={capability}&page=%2F")).await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN);
    assert_eq!(LOOKS.load(Ordering::SeqCst), before, "nothing ran");
}

/// The form of the last of these buttons, with the capabilities of all of them, one after the other.
fn chained(visitor: &Visitor, buttons: &[&str], entries: Entries) -> Request<Body> {
    let forms = buttons.iter().map(|button| visitor.submission(button, entries.clone()));
    let (paths, mut forms): (Vec<_>, Vec<_>) = forms.map(|form| (form.uri().path().to_owned(), form)).unzip();
    let capabilities: Vec<_> = paths.iter().filter_map(|path| path.rsplit('/').next()).collect();
    let mut form = forms.pop().expect("a button");
    let uri = format!("/_filekit/upload/{}?page=%2Fdesk", capabilities.join("."));
    *form.uri_mut() = uri.parse().expect("a path");
    form
}

async fn taken(visitor: &mut Visitor) -> String {
    visitor.open("/desk").await;
    visitor.page().named("p").last().expect("the list").text()
}

/// Lets only some visitors to a page.
async fn signed_in(request: Request, next: Next) -> Response {
    match request.headers().contains_key("x-signed-in") {
        true => next.run(request).await,
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[tokio::test]
async fn another_page_does_not_let_visitors_in_for_the_one_that_refuses_them() {
    let desk = get(desk).layer(from_fn(signed_in));
    // Whatever is no page is answered by one that anybody may see.
    let app = TestApp::new(Router::new().route("/", get(page)).route("/desk", desk).fallback(admin));
    let mut visitor = app.stranger();
    visitor.always_send("x-signed-in", "yes");
    visitor.open("/desk").await;
    visitor.always_send("x-signed-in", "");
    let form = chained(&visitor, &["Keep"], Entries::new().file("kept", "a", "1"));
    for page in ["/desk", "/desk/", "/desk//", "/desk/?a", "/desk/.", "/%64esk", "/"] {
        let mut call = visitor.upload_call("kept");
        call["page"] = json!(page);
        let request = visitor.upload_request(Multipart::new(&call).file("kept", "a", b"1").finish());
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{page}: {}", reply.status());
        let mut request = visitor.upload_request(Multipart::default().file("kept", "a", b"1").finish());
        *request.uri_mut() = format!("{}?page={page}", form.uri().path()).parse().expect("a path");
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{page}: {}", reply.status());
    }
    assert!(app.stored_names().is_empty(), "{:?}", app.stored_names());
}

#[tokio::test]
async fn events_put_together_by_a_stranger_take_no_files_of_each_other() {
    let app = app();
    let mut visitor = Visitor::at(app.site(), "/desk").await;
    for buttons in [["Read", "Keep"], ["Keep", "Read"]] {
        let form = chained(&visitor, &buttons, Entries::new().file("kept", "a.exe", "MZ"));
        let reply = visitor.send(form).await;
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{buttons:?}");
        assert_eq!(taken(&mut visitor).await, "", "{buttons:?}");
    }
    assert!(app.stored_names().is_empty());
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn an_event_that_is_called_twice_does_not_find_fewer_files_than_it_requires() {
    let app = app();
    let mut visitor = Visitor::at(app.site(), "/desk").await;
    let two = Entries::new().file("pair", "a", "1").file("pair", "b", "2");
    let form = chained(&visitor, &["Pair", "Pair"], two);
    let reply = visitor.send(form).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(taken(&mut visitor).await, "pair of 2");

    let pair = visitor.submission("Pair", Entries::new());
    let capability = pair.uri().path().rsplit('/').next().expect("a capability");
    let mut form = visitor.upload_request(format!("filekit-call={capability}"));
    let mime = "application/x-www-form-urlencoded".parse().expect("a header");
    form.headers_mut().insert("content-type", mime);
    *form.uri_mut() = "/_filekit/form?page=%2Fdesk".parse().expect("a path");
    assert_eq!(visitor.send(form).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "no files come this way");
    assert_eq!(taken(&mut visitor).await, "pair of 2");
}

#[tokio::test]
async fn no_form_calls_events_without_number() {
    let app = app();
    let mut visitor = Visitor::at(app.site(), "/desk").await;
    let two = Entries::new().file("pair", "a", "1").file("pair", "b", "2");
    let form = chained(&visitor, &["Pair"; 101], two);
    assert_eq!(visitor.send(form).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(taken(&mut visitor).await, "");
}

#[tokio::test]
async fn a_form_is_held_only_as_far_as_it_is_wanted() {
    let app = app();
    let mut visitor = Visitor::at(app.site(), "/desk").await;
    let name = "n".repeat(16_000);
    let empty = |count| (0..count).fold(Multipart::default(), |body, _| body.field(&name, "")).finish();
    for (query, count, status) in [
        (format!("&field={name}"), 100, StatusCode::PAYLOAD_TOO_LARGE),
        // They are skipped, and the file is missed.
        (String::new(), 100, StatusCode::UNPROCESSABLE_ENTITY),
        ("&field=a".repeat(1_001), 1, StatusCode::BAD_REQUEST),
    ] {
        let form = chained(&visitor, &["Keep"], Entries::new());
        let mut request = visitor.upload_request(empty(count));
        *request.uri_mut() = format!("{}{query}", form.uri()).parse().expect("a path");
        assert_eq!(visitor.send(request).await.status(), status, "{count} parts");
    }
}

#[tokio::test]
async fn a_handler_that_fails_never_touches_what_others_have_saved() {
    let app = app();
    let shared = || app.files().stored("shared.txt");
    let (mut failing, mut other) = (app.visitor().await, app.visitor().await);
    other.upload("new", [("a.txt", "original")]).await;

    let failure = failing.upload("failing", [("a.txt", "never seen")]);
    let meanwhile = async {
        HALFWAY.wait().await;
        assert_eq!(shared(), b"original", "what may still fail is not seen");
        let reply = other.upload("new", [("a.txt", "confirmed")]).await;
        assert_eq!(reply.status(), StatusCode::OK);
        HALFWAY.wait().await;
    };
    let (reply, ()) = join(failure, meanwhile).await;
    assert_eq!(reply.message(), "Not today.");
    assert_eq!(shared(), b"confirmed");
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn scripts_and_style_sheets_are_declared_as_nothing_a_page_could_use() {
    let app = app();
    let mut visitor = app.visitor().await;
    for name in ["a.js", "a.mjs", "a.css"] {
        visitor.upload("kept", [(name, "body{}")]).await;
        let href = visitor.page().href(name).to_owned();
        let reply = visitor.get(&href).await;
        assert_eq!(reply.header("content-type"), "application/octet-stream", "{name}");
        assert!(reply.header("content-disposition").starts_with("attachment"), "{name}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_planted_link_is_not_followed() {
    let app = app();
    let outside = tempfile::NamedTempFile::new().expect("a file");
    let path = app.files().path().join("link.txt");
    std::fs::write(&path, "a file").expect("a file");
    let mut visitor = app.visitor().await;
    let href = visitor.page().href("link.txt").to_owned();
    assert_eq!(visitor.get(&href).await.text(), "a file");
    std::fs::remove_file(&path).expect("a file");
    std::os::unix::fs::symlink(outside.path(), &path).expect("a link");
    let reply = visitor.get(&href).await;
    assert_eq!(reply.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_boundary_that_is_longer_than_any_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut request = visitor.upload_request("--x");
    let content_type = format!("multipart/form-data; boundary={}", "x".repeat(71));
    request.headers_mut().insert(header::CONTENT_TYPE, content_type.parse().unwrap());
    assert_eq!(visitor.send(request).await.code(), "upload.not-multipart");
}

#[tokio::test]
async fn a_packed_body_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    for (coding, code) in [("gzip", "upload.not-multipart"), ("identity, br", "upload.not-multipart"), ("Identity", "")]
    {
        let body = Multipart::new(&visitor.upload_call("kept")).file("kept", "a.txt", b"a").finish();
        let mut request = visitor.upload_request(body);
        request.headers_mut().insert(header::CONTENT_ENCODING, coding.parse().unwrap());
        let reply = visitor.send(request).await;
        assert_eq!(if reply.status().is_success() { String::new() } else { reply.code() }, code, "{coding}");
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_refused_early() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut body = Multipart::new(&visitor.upload_call("kept")).file_head("kept", "a").unfinished().to_vec();
    body.truncate(body.len() - 4);
    body.extend_from_slice(&vec![b'x'; 200_000]);
    let request = visitor.upload_request(body);
    assert_eq!(visitor.send(request).await.code(), "request.malformed");
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn a_name_of_a_kilobyte_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("kept", [("a".repeat(2_000), "x")]).await;
    assert_eq!(reply.code(), "upload.unsafe-name");
}

#[tokio::test]
async fn text_of_a_stranger_makes_no_line_of_its_own_in_the_log() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let forged = "a\r\n2026-01-01T00:00:00Z ERROR forged: line";
    let mut call = visitor.call_to(&json!("x"), &json!([]));
    call[forged] = json!(1);
    let request = visitor.event(&call);
    visitor.send(request).await;
    let call = visitor.call_with("Refuse", &[("name", json!(forged))]);
    let request = visitor.event(&call);
    assert_eq!(visitor.send(request).await.code(), "event.refused");
    visitor.upload("kept", [(format!("../{forged}"), "x")]).await;
    let mut call = visitor.call_of("Look");
    call["page"] = json!(format!("\\{forged}"));
    let request = visitor.event(&call);
    visitor.send(request).await;

    let text = log.text();
    assert!(text.contains("forged: line"), "the log was kept: {text}");
    for line in text.lines() {
        assert!(line.starts_with(|first: char| first.is_ascii_digit() || first == ' '), "{line:?}");
        assert!(!line.starts_with("2026-01-01"), "{line:?}");
        assert!(line.len() < 2_000, "{}", line.len());
    }
}

#[tokio::test]
async fn a_state_that_grows_too_large_fails_the_event_and_nothing_else() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Grow").await;
    assert_eq!(reply.status(), StatusCode::INSUFFICIENT_STORAGE);
    assert_eq!(reply.code(), "state.full");
    visitor.open("/").await;
    assert_eq!(visitor.page().named("span")[0].text(), "0");
}

#[tokio::test]
async fn thousands_of_small_files_need_neither_memory_nor_open_files() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;
    let mut body = Multipart::new(&visitor.upload_call("file_upload"));
    for number in 0..3_000 {
        body = body.file("file_upload", &format!("{number}.bin"), &[7; 8 * 1024]);
    }
    let request = visitor.upload_request(body.finish());
    let reply = visitor.send_event(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(files.stored_names().len(), 3_000);
    let peak = server.peak_memory() / MIB;
    assert!(peak < 32, "the server held {peak} MiB");
}

#[tokio::test]
async fn a_call_without_a_right_costs_what_it_weighs() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let mut visitor = server.visitor().await;
    let arguments = vec![json!({ "": 0 }); 100_000];
    let request = visitor.event(&visitor.call_to(&json!("x"), &json!(arguments)));
    assert_eq!(visitor.send(request).await.code(), "event.capability-refused");
    let peak = server.peak_memory() / MIB;
    assert!(peak < 12, "the server held {peak} MiB");
}

#[tokio::test]
async fn who_asks_before_sending_is_refused_without_being_asked_to_send() {
    let app = app();
    let address = app.listen().await;
    let mut connection = filekit_tests::Connection::open(address).await;
    let visitor = app.visitor().await;
    let mut request: Request<Body> = visitor.upload_request(Body::empty());
    request.headers_mut().insert(header::CONTENT_LENGTH, (1_u64 << 40).into());
    request.headers_mut().insert(header::EXPECT, "100-continue".parse().unwrap());
    connection.send_head(&request).await;
    let answer = connection.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}
