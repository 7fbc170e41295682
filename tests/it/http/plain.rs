//! The page without JavaScript: forms as a browser sends them by itself, and what it is answered.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use filekit::event::IntoEffects;
use filekit::prelude::*;
use filekit_tests::{Entries, Log, Reply, TestApp, Visitor};
use futures_util::{StreamExt as _, stream};

#[state]
#[derive(Default)]
struct Album {
    photos: Vec<StoredFile>,
    steps: Vec<String>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<Toast> {
        for photo in photos {
            match photo.client_name() {
                "bad.txt" => return Err(Error::user("No <bad> files, please.")),
                "awful.txt" => Err(std::io::Error::other("a detail for nobody"))?,
                _ => self.photos.push(photo.save().await?),
            }
        }
        Ok(Toast::success(format!("{} photos <3", self.photos.len())))
    }

    #[event]
    async fn one(&mut self, photo: UploadFile) -> Result<()> {
        self.photos.push(photo.save().await?);
        Ok(())
    }

    #[event]
    async fn count(&mut self, name: String, mut photos: UploadStream, note: Option<String>) -> Result<()> {
        let mut bytes = 0;
        while let Some(mut photo) = photos.next_file().await? {
            while let Some(chunk) = photo.next_chunk().await? {
                bytes += chunk.len();
            }
        }
        self.steps.push(format!("{name} {bytes} {note:?}"));
        Ok(())
    }

    #[event]
    fn remove(&mut self, key: String) {
        self.photos.retain(|photo| photo.key() != key);
    }

    #[event]
    fn step(&mut self, name: String) -> Toast {
        self.steps.push(name.clone());
        Toast::info(format!("Did {name}."))
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        Err(Error::user("Not now."))
    }

    #[event]
    fn list(&mut self) -> Download {
        Download::data(self.photos.iter().map(StoredFile::name).collect::<Vec<_>>().join("\n")).filename("photos.txt")
    }

    #[event]
    fn leave(&mut self) -> (Toast, axum::response::Redirect) {
        (Toast::info("Bye."), Redirect::to("/other?from=here"))
    }

    #[event]
    fn on_to_step(&mut self) -> impl IntoEffects + use<> {
        self.steps.push("before".to_owned());
        filekit::event_reference!(Album::step("after".to_owned()))
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        upload(id = "photos", "Photos"),
        upload(id = "other", "Something else"),
        button(on_click = Album::keep(upload_files("photos")), "Send"),
        button(on_click = Album::one(upload_files("photos")), "Send one"),
        ul(for photo in &album.photos {
            li(
                link(href = photo.url(), photo.name()),
                button(on_click = Album::remove(photo.key().to_owned()), "Remove ", photo.name()),
            )
        }),
        button(
            on_click = [
                Album::step("one".to_owned()),
                clear_selected_files("photos"),
                Album::keep(upload_files("photos")),
                Album::step("two".to_owned()),
            ],
            "Chain",
        ),
        button(on_click = [Album::step("one".to_owned()), Album::fail, Album::step("two".to_owned())], "Break"),
        button(on_click = Album::fail, "Fail"),
        button(on_click = Album::list, "List"),
        button(on_click = Album::leave, "Leave"),
        button(on_click = Album::on_to_step, "Follow"),
        button(on_click = clear_selected_files("photos"), "Clear"),
        p(id = "steps", album.steps.join(",")),
    ]
}

async fn counter(album: Current<Album>) -> View {
    view![
        form(
            on_submit = Album::count(value_of("name"), upload_files("photos"), value_of("note")),
            input(id = "name"),
            upload(id = "photos", max_files = 2, "Photos"),
            input(id = "note"),
            button(r#type = "submit", "Count"),
        ),
        p(id = "steps", album.steps.join(",")),
    ]
}

#[tokio::test]
async fn files_can_be_read_while_they_arrive() {
    let app = TestApp::new(Router::new().route("/", get(counter)));
    let mut visitor = app.visitor().await;
    let files = Entries::new().text("name", "Lake").text("note", "behind the files");
    let files = files.file("photos", "a", vec![1; 100_000]).file("photos", "b", "22");
    visitor.submit_and_follow("Count", files.clone()).await;
    // What stands behind the files is not there yet when the event begins.
    assert_eq!(steps(&visitor), "Lake 100002 None");
    let reply = visitor.submit("Count", files.file("photos", "c", "3")).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_message(&visitor, "Too many files: at most 2 can be sent.");
    assert_eq!(steps(&visitor), "Lake 100002 None");
    assert!(app.spool_is_empty());
}

async fn other() -> View {
    view![p("The other page")]
}

fn pages() -> Router {
    Router::new().route("/", get(page)).route("/other", get(other))
}

fn steps(visitor: &Visitor) -> String {
    let elements = visitor.page().elements();
    elements
        .iter()
        .find(|element| element.attribute("id") == Some("steps"))
        .map(|steps| steps.text())
        .unwrap_or_default()
}

/// The messages above the page: kind, role and words.
fn notices(visitor: &Visitor) -> Vec<[String; 3]> {
    let sections = visitor.page().named("section");
    let Some(section) = sections.iter().find(|section| section.attribute("class") == Some("fk-notices")) else {
        return Vec::new();
    };
    let of = |name: &str, element: &filekit_tests::Element| element.attribute(name).unwrap_or_default().to_owned();
    section.named("div").iter().map(|div| [of("data-kind", div), of("role", div), div.text()]).collect()
}

fn assert_message(visitor: &Visitor, words: &str) {
    let expected = [["error", "alert", words].map(str::to_owned)];
    assert_eq!(notices(visitor), expected);
}

#[tokio::test]
async fn files_are_kept_and_the_way_leads_back_to_the_page() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.open("/?sort=name&page=2").await;
    let files = Entries::new().file("photos", "a.png", "1").file("photos", "b.png", "22");
    let reply = visitor.submit("Send", files).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER);
    assert_eq!(reply.header("location"), "/?sort=name&page=2");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(app.stored_names(), ["a.png", "b.png"]);
    assert!(app.spool_is_empty());
    visitor.open("/").await;
    assert_eq!(visitor.page().links(), ["a.png", "b.png"]);
}

#[tokio::test]
async fn the_very_bytes_that_chromium_sends_are_understood() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let (head, _) = visitor.submission("Send", Entries::new()).into_parts();
    assert_eq!(
        head.headers[header::CONTENT_TYPE],
        "multipart/form-data; boundary=----WebKitFormBoundaryuL0a1Vq7xWkZb3Ns"
    );
    // As the HTML standard has browsers write it: two files, a quote and an umlaut in a name, and an input that nothing was chosen in.
    let body = "------WebKitFormBoundaryuL0a1Vq7xWkZb3Ns\r\n\
        Content-Disposition: form-data; name=\"photos\"; filename=\"f%22\u{fc}.txt\"\r\n\
        Content-Type: text/plain\r\n\r\nhello\r\n\r\n\
        ------WebKitFormBoundaryuL0a1Vq7xWkZb3Ns\r\n\
        Content-Disposition: form-data; name=\"photos\"; filename=\"b.bin\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n\0\u{1}--\r\n\
        ------WebKitFormBoundaryuL0a1Vq7xWkZb3Ns\r\n\
        Content-Disposition: form-data; name=\"other\"; filename=\"\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n\r\n\
        ------WebKitFormBoundaryuL0a1Vq7xWkZb3Ns--\r\n";
    let reply = visitor.send(Request::from_parts(head, Body::from(body))).await;
    assert_eq!(reply.status(), 303, "{}", reply.text());
    assert_eq!(app.stored_names().len(), 2);
    assert_eq!(app.files().stored("b.bin"), b"\0\x01--");
    let first = app.stored_names().into_iter().find(|name| name != "b.bin").expect("the first file");
    assert_eq!(app.files().stored(&first), b"hello\r\n");
}

#[tokio::test]
async fn what_an_event_says_is_shown_once_by_the_next_page() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let page = visitor.submit_and_follow("Send", Entries::new().file("photos", "a.png", "1")).await;
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(notices(&visitor), [["success", "status", "1 photos <3"].map(str::to_owned)]);
    let page = visitor.open("/").await;
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert_eq!(notices(&visitor), [[""; 3]; 0].map(|notice| notice.map(str::to_owned)));
}

#[tokio::test]
async fn nobody_can_put_words_into_the_page_of_another() {
    let app = TestApp::new(pages());
    let [mut mallory, mut visitor] = [app.visitor().await, app.visitor().await];
    let reply = mallory.submit("Send", Entries::new().file("photos", "a.png", "1")).await;
    let cookies: Vec<&str> =
        reply.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()).collect();
    let flash = cookies.iter().find(|cookie| cookie.starts_with("filekit_flash=")).expect("a cookie");
    assert!(flash.ends_with("; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"), "{flash}");
    let flash = flash.split(';').next().unwrap_or_default();
    let session = visitor.cookies().iter().find(|(name, _)| name.starts_with("filekit_session_"));
    let session = session.map(|(name, value)| format!("{name}={value}")).expect("a session");
    for altered in [flash.to_owned(), flash.replace("filekit_flash=", "filekit_flash=A"), "filekit_flash=".to_owned()] {
        let request = Request::get("/").header("cookie", format!("{session}; {altered}"));
        let reply = visitor.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.status(), 200);
        assert!(!reply.text().contains("fk-notices"), "{altered}");
    }
}

#[tokio::test]
async fn the_words_of_a_handler_stand_in_the_page_and_nothing_is_kept() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.open("/?sort=name").await;
    let files = Entries::new().file("photos", "good.txt", "1").file("photos", "bad.txt", "2");
    let reply = visitor.submit("Send", files).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_message(&visitor, "No <bad> files, please.");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.header("content-security-policy").contains("script-src 'self'"));
    assert!(reply.text().contains("tabindex=\"-1\" autofocus"), "the message has the focus");
    // Links, and scripts that come later, mean the page.
    assert_eq!(visitor.page().named("base")[0].attribute("href"), Some("/?sort=name"));
    assert_eq!(visitor.page().named("body")[0].attribute("data-filekit-page"), Some("/?sort=name"));
    assert_eq!(app.stored_names(), [""; 0]);
    assert!(app.spool_is_empty());
    // And the page works on.
    visitor.submit_and_follow("Send", Entries::new().file("photos", "good.txt", "1")).await;
    assert_eq!(visitor.page().links(), ["good.txt"]);
}

#[tokio::test]
async fn an_error_is_told_without_its_details() {
    let log = Log::record();
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Send", Entries::new().file("photos", "awful.txt", "1")).await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text().contains("for nobody"));
    let [[.., words]] = &notices(&visitor)[..] else { panic!("{}", reply.text()) };
    let (general, reference) = words.split_once("Reference: ").expect("a reference");
    assert_eq!(general, "Something went wrong on the server.");
    assert!(log.text().contains(reference) && log.text().contains("a detail for nobody"), "{}", log.text());
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn a_file_that_is_missing_or_too_many_is_told() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Send one", Entries::new()).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_message(&visitor, "Too few files: at least 1 must be sent.");
    let two = Entries::new().file("photos", "a", "1").file("photos", "b", "2");
    assert_eq!(visitor.submit("Send one", two).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.stored_names(), [""; 0]);
}

#[tokio::test]
async fn files_of_other_uploads_are_passed_over() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let files = Entries::new().file("other", "huge.bin", vec![7; 3_000_000]).file("photos", "a.png", "1");
    visitor.submit_and_follow("Send", files).await;
    assert_eq!(app.stored_names(), ["a.png"]);
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn the_buttons_of_rows_work_and_send_no_files() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let files = Entries::new().file("photos", "a.png", "1").file("photos", "b.png", "2");
    visitor.submit_and_follow("Send", files).await;
    let chosen = Entries::new().file("photos", "c.png", "3");
    let request = visitor.submission("Remove a.png", chosen);
    assert_eq!(request.headers()[header::CONTENT_TYPE], "application/x-www-form-urlencoded");
    assert_eq!(request.uri().path(), "/_filekit/form");
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), 303, "{}", reply.text());
    visitor.open("/").await;
    assert_eq!(visitor.page().links(), ["b.png"]);
}

#[tokio::test]
async fn a_capability_stands_once_in_the_button_of_a_row() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.submit_and_follow("Send", Entries::new().file("photos", "a.png", "1")).await;
    let reply = visitor.open("/").await;
    let button = visitor.page().named("button").into_iter().find(|button| button.text() == "Remove a.png");
    let capability = button.and_then(|button| button.attribute("value")).expect("a value");
    assert_eq!(reply.text().matches(capability).count(), 1);
    // With scripts the same button calls the same event.
    assert_eq!(visitor.click("Remove a.png").await.status(), 200);
    assert_eq!(visitor.page().links(), [""; 0]);
}

#[tokio::test]
async fn a_chain_runs_in_its_order() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.submit_and_follow("Chain", Entries::new().file("photos", "a.png", "1")).await;
    assert_eq!(steps(&visitor), "one,two");
    let words: Vec<String> = notices(&visitor).into_iter().map(|[.., words]| words).collect();
    assert_eq!(words, ["Did one.", "1 photos <3", "Did two."]);
    assert_eq!(app.stored_names(), ["a.png"]);
}

#[tokio::test]
async fn a_chain_ends_with_the_event_that_fails() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Break", Entries::new()).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(steps(&visitor), "one");
    let words: Vec<String> = notices(&visitor).into_iter().map(|[.., words]| words).collect();
    assert_eq!(words, ["Did one.", "Not now."]);
}

#[tokio::test]
async fn an_event_that_an_event_returns_is_called() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.submit_and_follow("Follow", Entries::new()).await;
    assert_eq!(steps(&visitor), "before,after");
}

#[tokio::test]
async fn a_download_is_the_answer() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.submit_and_follow("Send", Entries::new().file("photos", "a.png", "1")).await;
    let reply = visitor.submit("List", Entries::new()).await;
    assert_eq!((reply.status(), reply.text()), (StatusCode::OK, "a.png"));
    let disposition = "attachment; filename=\"photos.txt\"; filename*=UTF-8''photos.txt";
    assert_eq!(reply.header("content-disposition"), disposition);
    assert_eq!(reply.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn a_redirect_is_followed_and_says_what_was_said() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Leave", Entries::new()).await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/other?from=here"));
    visitor.open("/other?from=here").await;
    assert_eq!(notices(&visitor), [["info", "status", "Bye."].map(str::to_owned)]);
}

#[tokio::test]
async fn going_to_the_address_of_an_answer_leads_to_the_page() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    visitor.open("/?sort=name").await;
    for button in ["Send", "Fail"] {
        let address = visitor.submission(button, Entries::new()).uri().to_string();
        let reply = visitor.get(&address).await;
        assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/?sort=name"));
    }
}

/// A body that goes on for ever.
fn endless() -> Body {
    let head = Bytes::from_static(b"--x\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"a\"\r\n\r\n");
    let content = stream::repeat(Bytes::from_static(&[b'x'; 65_536]));
    Body::from_stream(stream::iter([head]).chain(content).map(Ok::<_, std::io::Error>))
}

async fn send_endlessly(visitor: &mut Visitor, request: Request) -> Reply {
    let (mut head, _) = request.into_parts();
    head.headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=x".parse().expect("a header"));
    visitor.send(Request::from_parts(head, endless())).await
}

#[tokio::test]
async fn who_may_not_call_is_refused_before_the_files() {
    let app = TestApp::new(pages());
    let [mut visitor, other] = [app.visitor().await, app.visitor().await];
    let mut stolen = visitor.submission("Send", Entries::new());
    *stolen.uri_mut() = other.submission("Send", Entries::new()).uri().clone();
    let reply = send_endlessly(&mut visitor, stolen).await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN);
    assert!(reply.text().contains("role=\"alert\""), "the visitor's own page says so");

    let mut foreign = visitor.submission("Send", Entries::new());
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().expect("a header"));
    let reply = send_endlessly(&mut visitor, foreign).await;
    assert_eq!(reply.status(), StatusCode::FORBIDDEN);
    assert!(reply.text().contains("another site") && !reply.text().contains("data-filekit"), "{}", reply.text());

    let mut altered = visitor.submission("Send", Entries::new());
    let uri = altered.uri().to_string().replace("page=%2F", "page=%2Fother");
    *altered.uri_mut() = uri.parse().expect("a URL");
    assert_eq!(send_endlessly(&mut visitor, altered).await.status(), StatusCode::FORBIDDEN);
    assert!(app.spool_is_empty());
}

#[tokio::test]
async fn a_page_of_another_site_is_none() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    for page in ["%2F%2Fevil.test%2F", "https%3A%2F%2Fevil.test", "%2F%5Cevil.test", "", "%0D%0AX%3A"] {
        for button in ["Send", "Fail"] {
            let mut request = visitor.submission(button, Entries::new());
            let uri = request.uri().to_string().replace("page=%2F", &format!("page={page}"));
            *request.uri_mut() = uri.parse().expect("a URL");
            let reply = visitor.send(request).await;
            assert_eq!((reply.status(), reply.header("location")), (StatusCode::BAD_REQUEST, ""), "{page}");
            let reply = visitor.get(&uri).await;
            assert_eq!((reply.status(), reply.header("location")), (StatusCode::BAD_REQUEST, ""), "{page}");
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused_in_words() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let (head, _) = visitor.submission("Send", Entries::new()).into_parts();
    for (mime, body, status) in [
        ("text/plain", "photos=a", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-", StatusCode::BAD_REQUEST),
    ] {
        let mut head = head.clone();
        head.headers.insert(header::CONTENT_TYPE, mime.parse().expect("a header"));
        let reply = visitor.send(Request::from_parts(head, Body::from(body))).await;
        assert_eq!(reply.status(), status);
        assert!(reply.text().contains("role=\"alert\""), "{}", reply.text());
    }
    for button in ["Fail", "List"] {
        let (head, _) = visitor.submission(button, Entries::new()).into_parts();
        let reply = visitor.send(Request::from_parts(head, Body::from("x=1"))).await;
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST);
    }
}

async fn only_members(request: Request, next: Next) -> Response {
    match request.headers().contains_key("x-member") {
        true => next.run(request).await,
        false => Redirect::to("/sign-in").into_response(),
    }
}

#[tokio::test]
async fn who_must_sign_in_first_is_sent_there_before_the_files() {
    let app = TestApp::new(pages().layer(from_fn(only_members)));
    let mut visitor = app.stranger();
    visitor.always_send("x-member", "yes");
    visitor.open("/").await;
    visitor.always_send("x-member", "");
    let request = visitor.submission("Send", Entries::new().file("photos", "a", "1"));
    let reply = send_endlessly(&mut visitor, request).await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    let reply = visitor.submit("Fail", Entries::new()).await;
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
}

#[tokio::test]
async fn it_works_below_a_path() {
    let app = TestApp::mounted("/app", pages());
    let mut visitor = app.visitor().await;
    visitor.submit_and_follow("Send", Entries::new().file("photos", "a.png", "1")).await;
    assert_eq!(visitor.page().links(), ["a.png"]);
    visitor.submit_and_follow("Remove a.png", Entries::new()).await;
    assert_eq!(visitor.page().links(), [""; 0]);
    assert_eq!(visitor.submit("Fail", Entries::new()).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(visitor.page().named("base")[0].attribute("href"), Some("/app"));
}

/// What a form can hold.
#[state]
#[derive(Default)]
struct Sheet {
    saved: String,
}

#[state]
impl Sheet {
    #[event]
    #[expect(clippy::too_many_arguments, reason = "one of each kind")]
    fn save(
        &mut self,
        title: String,
        files: Vec<UploadFile>,
        year: Option<u32>,
        weight: f64,
        public: bool,
        tags: Vec<String>,
        notes: String,
        fixed: u8,
    ) {
        let files: Vec<&str> = files.iter().map(|file| file.client_name()).collect();
        self.saved = format!("{title:?} {files:?} {year:?} {weight} {public} {tags:?} {notes:?} {fixed}");
    }

    #[event]
    fn rename(&mut self, title: String) {
        self.saved = title;
    }
}

const FILES: Upload = Upload::new("files");

/// A component, which does not know that it stands in a form.
fn attachments() -> View {
    view![upload(id = FILES, "Files")]
}

async fn sheet(sheet: Current<Sheet>) -> View {
    let id = String::from("weight");
    view![
        form(
            on_submit = Sheet::save(
                value_of("title"),
                upload_files(FILES),
                value_of("year"),
                value_of("weight"),
                value_of("public"),
                value_of("tags"),
                value_of("notes"),
                7,
            ),
            input(id = "title"),
            input(id = "year", r#type = "number"),
            input(id = &id, r#type = "number", value = "1.5"),
            checkbox(id = "public"),
            select(id = "tags", multiple = true, option(value = "a", "A"), option(value = "b", "B")),
            textarea(id = "notes"),
            attachments(),
            button(r#type = "submit", "Save"),
            button(on_click = Sheet::rename(value_of("title")), "Rename in the form"),
        ),
        input(id = "name"),
        button(on_click = Sheet::rename(value_of("name")), "Rename"),
        p(id = "steps", &sheet.saved),
    ]
}

#[tokio::test]
async fn values_arrive_in_the_types_that_scripts_would_send() {
    let app = TestApp::new(Router::new().route("/", get(sheet)));
    let mut visitor = app.visitor().await;
    let entries = Entries::new()
        .text("title", "Lake \"<3\"")
        .text("year", "1999")
        .text("public", "yes")
        .text("tags", "a")
        .text("tags", "b")
        .text("notes", "one\ntwo")
        .file("files", "a.txt", "1");
    visitor.submit_and_follow("Save", entries).await;
    let saved = r#""Lake \"<3\"" ["a.txt"] Some(1999) 1.5 true ["a", "b"] "one\ntwo" 7"#;
    assert_eq!(steps(&visitor), saved);

    visitor.submit_and_follow("Save", Entries::new().text("tags", "b")).await;
    assert_eq!(steps(&visitor), r#""" [] None 1.5 false ["b"] "" 7"#);
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_told() {
    let app = TestApp::new(Router::new().route("/", get(sheet)));
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Save", Entries::new().text("weight", "heavy")).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_message(&visitor, "A value was not accepted. Check what you entered and try again.");
}

#[tokio::test]
async fn a_button_takes_values_from_its_own_form_or_from_the_page() {
    let app = TestApp::new(Router::new().route("/", get(sheet)));
    let mut visitor = app.visitor().await;
    visitor.submit_and_follow("Rename in the form", Entries::new().text("title", "inside")).await;
    assert_eq!(steps(&visitor), "inside");
    visitor.submit_and_follow("Rename", Entries::new().text("name", "outside")).await;
    assert_eq!(steps(&visitor), "outside");
}

#[tokio::test]
async fn values_that_are_too_large_are_refused() {
    let app = TestApp::new(Router::new().route("/", get(sheet)));
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Save", Entries::new().text("notes", &"x".repeat(1_100_000))).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_page_that_needs_no_form_has_none() {
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    let ids = |visitor: &Visitor| -> Vec<String> {
        let forms = visitor.page().named("form");
        forms.iter().filter_map(|form| form.attribute("id")).map(str::to_owned).collect()
    };
    assert_eq!(ids(&visitor), ["filekit-event", "filekit-form"]);
    visitor.open("/other").await;
    assert_eq!(ids(&visitor), [""; 0]);
}
