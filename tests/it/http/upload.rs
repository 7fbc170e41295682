//! Uploads as they should go, and refused ones: what is stored, under which name, and what is left when something fails.

use std::fs;

use axum::{
    body::Body,
    http::{HeaderValue, Request, StatusCode, header},
};
use filekit::prelude::*;
use filekit_tests::{BOUNDARY, Log, Multipart, PNG, Reply, TestApp, Visitor, patterned};
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Shelf {
    files: Vec<String>,
}

#[state]
impl Shelf {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            let stored = file.save().await?;
            self.files.push(stored.name().to_owned());
        }
        Ok(())
    }

    #[event]
    async fn look(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(format!("{} has {} bytes", file.name(), file.size()));
        }
        Ok(())
    }

    #[event]
    async fn lose(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.keep(files).await?;
        Err(std::io::Error::other("the shelf broke"))?;
        Ok(())
    }

    #[event]
    async fn refuse(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.keep(files).await?;
        Err(Error::user("Only on weekdays."))
    }

    #[event]
    async fn panic(&mut self, files: Vec<UploadFile>) -> Result<()> {
        self.keep(files).await?;
        panic!("nobody expected this");
    }
}

async fn page(shelf: Current<Shelf>) -> View {
    view![
        upload(id = "kept", "Drop here"),
        button(on_click = Shelf::keep(upload_files("kept")), "Keep"),
        upload(id = "looked_at", "Drop here"),
        button(on_click = Shelf::look(upload_files("looked_at")), "Look"),
        upload(id = "lost", "Drop here"),
        button(on_click = Shelf::lose(upload_files("lost")), "Lose"),
        upload(id = "refused", "Drop here"),
        button(on_click = Shelf::refuse(upload_files("refused")), "Refuse"),
        upload(id = "panicking", "Drop here"),
        button(on_click = Shelf::panic(upload_files("panicking")), "Panic"),
        ul(for name in &shelf.files {
            li(name)
        }),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// The list on the page, loaded afresh.
async fn list(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    visitor.page().named("li").into_iter().map(|item| item.text()).collect()
}

/// Nothing is stored, nothing lies half received, and the page shows an empty list.
async fn assert_untouched(app: &TestApp, visitor: &mut Visitor) {
    assert_eq!(app.stored_names(), [""; 0]);
    assert_eq!(app.files().spooled(), [""; 0]);
    assert_eq!(list(visitor).await, [""; 0]);
}

fn assert_refused(reply: &Reply, status: StatusCode) {
    assert_eq!(reply.status(), status, "{}", reply.text());
    assert_ne!(reply.code(), "");
    assert_ne!(reply.message(), "");
}

#[tokio::test]
pub(super) async fn several_files_are_saved_with_all_their_bytes() {
    let app = app();
    let mut visitor = app.visitor().await;
    let big = patterned(3_000_000);
    let files = [("notes.txt", b"hello".as_slice()), ("one pixel.png", PNG), ("big.bin", &big), ("empty.txt", b"")];
    let reply = visitor.upload("kept", files).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());

    assert_eq!(app.stored_names(), ["big.bin", "empty.txt", "notes.txt", "one pixel.png"]);
    for (name, bytes) in files {
        assert!(app.files().stored(name) == bytes, "{name} has other bytes");
    }
    assert!(app.spool_is_empty());
    assert_eq!(list(&mut visitor).await, ["notes.txt", "one pixel.png", "big.bin", "empty.txt"], "in their order");
}

#[tokio::test]
pub(super) async fn bytes_that_look_like_the_end_of_a_part_are_kept() {
    let app = app();
    let mut visitor = app.visitor().await;
    let almost = &BOUNDARY[..BOUNDARY.len() - 1];
    let tricky = format!("\r\n--{almost}\r\n--\r\n\r\n{BOUNDARY}\r\n\n--{BOUNDARY}\n-\r\n--{almost}");
    visitor.upload("kept", [("tricky.bin", &tricky)]).await;
    assert_eq!(app.files().stored("tricky.bin"), tricky.as_bytes());
}

#[tokio::test]
pub(super) async fn a_file_of_the_same_name_never_overwrites() {
    let app = app();
    let mut visitor = app.visitor().await;
    visitor.upload("kept", [("photo.jpg", "first"), ("photo.jpg", "second")]).await;
    visitor.upload("kept", [("photo.jpg", "third")]).await;
    let mut other = app.visitor().await;
    other.upload("kept", [("photo.jpg", "of somebody else")]).await;

    assert_eq!(app.stored_names(), ["photo.jpg"; 4]);
    let keys = app.files().stored_keys();
    let mut bytes: Vec<_> = keys.iter().map(|key| app.files().content(key)).collect();
    bytes.sort();
    assert_eq!(bytes, [&b"first"[..], b"of somebody else", b"second", b"third"]);
    assert_eq!(list(&mut visitor).await, ["photo.jpg"; 3]);
    assert_eq!(list(&mut other).await, ["photo.jpg"], "a name tells nothing about the files of others");
}

#[tokio::test]
pub(super) async fn names_in_any_script_stay_as_they_are() {
    let app = app();
    let mut visitor = app.visitor().await;
    let names = ["写真 1 #%? & co.txt", "Ünïcödé.txt", "it's \u{1f4c4}.txt"];
    visitor.upload("kept", names.map(|name| (name, name))).await;
    let mut sorted = names;
    sorted.sort_unstable();
    assert_eq!(app.stored_names(), sorted);
    assert_eq!(list(&mut visitor).await, names);
    for name in names {
        assert_eq!(app.files().stored(name), name.as_bytes());
    }
}

#[tokio::test]
pub(super) async fn a_name_that_leads_out_of_the_directory_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    for name in ["../../etc/passwd", "../a.txt", "..", "a/../../b.txt", "/etc/../passwd"] {
        let reply = visitor.upload("kept", [("good.txt", "good"), (name, "bad")]).await;
        assert_refused(&reply, StatusCode::UNPROCESSABLE_ENTITY);
        assert_untouched(&app, &mut visitor).await;
    }
}

#[tokio::test]
pub(super) async fn whatever_the_name_nothing_is_written_elsewhere() {
    let app = app();
    let names = [
        "..\\..\\evil.txt",
        "C:\\evil.txt",
        "C:evil.txt",
        "\\\\host\\share\\evil.txt",
        "....//....//evil.txt",
        "%2e%2e%2fevil.txt",
        "\u{ff0e}\u{ff0e}/evil.txt",
        "./.filekit/secret",
        ".filekit/secret",
        ".filekit",
        ".htaccess",
        "CON.txt",
        "nul",
        "a\u{202e}gpj.exe",
        " ",
        ".",
        "a\0b.txt",
        "a\r\nb.txt",
        "trailing. . ",
        &"long".repeat(100),
    ];
    let secret = fs::read(app.files().path().join(".filekit/secret")).expect("the secret lies beside the uploads");
    for name in names {
        let mut visitor = app.visitor().await;
        let before = app.files().stored_keys();
        let reply = visitor.upload("kept", [(name, "content")]).await;
        let stored = app.files().stored_keys();
        if reply.status() == StatusCode::OK {
            assert_eq!(stored.len(), before.len() + 1, "{name:?} is stored, once, below the upload directory");
            let new = stored.iter().find(|stored| !before.contains(stored)).expect("one more");
            assert!(!new.chars().any(|letter| letter.is_control() || letter == '\\'), "{name:?} became {new:?}");
            assert!(!new.split('/').any(|part| part.starts_with('.') || part.len() > 255), "{name:?} became {new:?}");
        } else {
            assert!(reply.status().is_client_error(), "{name:?} answers {}: {}", reply.status(), reply.text());
            assert_ne!(reply.code(), "", "{name:?}");
            assert_eq!(stored, before, "{name:?}");
        }
        let beside = fs::read_dir(app.files().path().parent().expect("a parent")).expect("the test's own folder");
        assert_eq!(beside.count(), 1, "{name:?} is written beside the upload directory");
    }
    assert_eq!(fs::read(app.files().path().join(".filekit/secret")).expect("still there"), secret);
}

#[tokio::test]
pub(super) async fn an_upload_without_files_reaches_the_handler_too() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("kept", [("", ""); 0]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_untouched(&app, &mut visitor).await;
}

#[tokio::test]
pub(super) async fn a_file_that_the_handler_does_not_save_is_gone() {
    let app = app();
    let mut visitor = app.visitor().await;
    visitor.upload("looked_at", [("a.txt", "hello"), ("b.bin", "")]).await;
    assert_eq!(list(&mut visitor).await, ["a.txt has 5 bytes", "b.bin has 0 bytes"]);
    assert_eq!(app.stored_names(), [""; 0]);
    assert!(app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn a_body_that_ends_too_early_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let call = visitor.upload_call("kept");
    let whole = Multipart::new(&call).file("kept", "a.txt", &patterned(100_000)).finish();
    let in_the_call = 150;
    let in_the_file = 50_000;
    let in_the_last_boundary = whole.len() - 8;
    for length in [0, in_the_call, in_the_file, in_the_last_boundary] {
        let request = visitor.upload_request(whole.slice(..length));
        let reply = visitor.send(request).await;
        assert_refused(&reply, StatusCode::BAD_REQUEST);
        assert_untouched(&app, &mut visitor).await;
    }
    let request = visitor.upload_request(whole);
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK, "the whole body is a good one");
}

#[tokio::test]
pub(super) async fn a_body_that_is_not_multipart_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let call = visitor.upload_call("kept");
    let kinds = [
        None,
        Some("text/plain"),
        Some("application/json"),
        Some("multipart/form-data"),
        Some("multipart/mixed; boundary=x"),
    ];
    for kind in kinds {
        let mut request: Request<Body> = visitor.upload_request(call.to_string());
        match kind {
            None => request.headers_mut().remove(header::CONTENT_TYPE),
            Some(kind) => request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        };
        let reply = visitor.send(request).await;
        let refused = [StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::BAD_REQUEST];
        // A boundary is part of the type, but its absence may as well count as a malformed body.
        let expected = if kind == Some("multipart/form-data") { &refused[..] } else { &refused[..1] };
        assert!(expected.contains(&reply.status()), "{kind:?} answers {}: {}", reply.status(), reply.text());
        assert_untouched(&app, &mut visitor).await;
    }
}

#[tokio::test]
pub(super) async fn files_before_the_call_or_without_one_are_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let call = visitor.upload_call("kept");
    let file_only = Multipart::default().file("kept", "a.txt", b"hello");
    let call_last = Multipart::default().file("kept", "a.txt", b"hello").field("call", &call.to_string());
    let no_json = Multipart::default().field("call", "{").file("kept", "a.txt", b"hello");
    for body in [file_only, call_last, no_json] {
        let request = visitor.upload_request(body.finish());
        let reply = visitor.send(request).await;
        assert!(reply.status().is_client_error(), "{}", reply.status());
        assert_ne!(reply.code(), "");
        assert_untouched(&app, &mut visitor).await;
    }
}

#[tokio::test]
pub(super) async fn a_file_for_another_upload_than_the_event_takes_is_refused() {
    let app = app();
    let mut visitor = app.visitor().await;
    let call = visitor.upload_call("kept");
    let body = Multipart::new(&call).file("kept", "a.txt", b"hello").file("lost", "b.txt", b"hello");
    let request = visitor.upload_request(body.finish());
    let reply = visitor.send(request).await;
    assert!(reply.status().is_client_error(), "{} {}", reply.status(), reply.text());
    assert_untouched(&app, &mut visitor).await;
}

#[tokio::test]
pub(super) async fn an_upload_with_a_bad_capability_is_refused_and_nothing_kept() {
    let app = app();
    let mut visitor = app.visitor().await;
    let stolen: Value = app.visitor().await.upload_call("kept");
    let mut altered = visitor.upload_call("kept");
    let capability = altered["capability"].as_str().expect("a text");
    let (first, rest) = capability.split_at(1);
    altered["capability"] = json!(format!("{}{rest}", if first == "A" { "B" } else { "A" }));
    for call in [stolen, altered] {
        let body = Multipart::new(&call).file("kept", "a.txt", b"hello");
        let request = visitor.upload_request(body.finish());
        let reply = visitor.send(request).await;
        assert!([StatusCode::FORBIDDEN, StatusCode::CONFLICT].contains(&reply.status()), "{}", reply.text());
        assert_ne!(reply.code(), "");
        assert_untouched(&app, &mut visitor).await;
    }
}

#[tokio::test]
pub(super) async fn an_error_undoes_what_the_handler_saved_and_tells_details_only_to_the_log() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("lost", [("a.txt", "hello"), ("b.txt", "hello")]).await;
    assert_refused(&reply, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text().contains("shelf"), "{}", reply.text());
    assert_ne!(reply.reference(), "");
    assert!(log.text().contains("the shelf broke"), "{}", log.text());
    assert!(log.text().contains(&reply.reference()), "{}", log.text());
    assert_untouched(&app, &mut visitor).await;
}

#[tokio::test]
pub(super) async fn an_error_for_the_visitor_undoes_what_the_handler_saved() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("refused", [("a.txt", "hello")]).await;
    assert!(reply.status().is_client_error(), "{}", reply.status());
    assert_eq!(reply.message(), "Only on weekdays.");
    assert_untouched(&app, &mut visitor).await;
}

#[tokio::test]
pub(super) async fn a_panic_undoes_what_the_handler_saved_and_the_app_lives_on() {
    let log = Log::record();
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("panicking", [("a.txt", "hello")]).await;
    assert_refused(&reply, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!reply.text().contains("expected"), "{}", reply.text());
    assert!(log.text().contains("nobody expected this"), "{}", log.text());
    assert_untouched(&app, &mut visitor).await;

    let reply = visitor.upload("kept", [("a.txt", "hello")]).await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(app.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn an_upload_directory_that_was_removed_is_made_again() {
    let app = app();
    let mut visitor = app.visitor().await;
    fs::remove_dir_all(app.files().path()).expect("a folder");
    let reply = visitor.upload("kept", [("a.txt", "a")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(app.stored_names(), ["a.txt"]);
}

#[tokio::test]
pub(super) async fn uploads_that_are_to_survive_a_power_cut_are_stored_as_others_are() {
    let app = TestApp::with(Router::new().route("/", get(page)), |builder| builder.durable_uploads(true));
    let mut visitor = app.visitor().await;
    let reply = visitor.upload("kept", [("a.txt", "a"), ("a.txt", "b")]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(app.stored_names(), ["a.txt", "a.txt"]);
    visitor.upload("lost", [("b.txt", "b")]).await;
    assert_eq!(app.stored_names(), ["a.txt", "a.txt"]);
    assert!(app.spool_is_empty());
}
