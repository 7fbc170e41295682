//! Stored files under `/_upload/`: who may have them, and how a browser is kept from running what is in them.

mod by_proxy;
mod conditions;
mod headers;
mod moving;
mod on_s3;
mod own_files;
mod places;
mod ranges;

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use filekit::prelude::*;
use filekit_tests::{PDF, PNG, Reply, TestApp, Visitor, patterned};

/// An app that serves these files by their plain names.
fn public(files: &[(&str, &[u8])]) -> TestApp {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.public_uploads(true));
    for (name, bytes) in files {
        app.files().keep(name, *bytes);
    }
    app
}

/// Asks for a path with these headers.
async fn ask(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
    let request = request.method(method).uri(path).body(Body::empty());
    app.stranger().send(request.expect("a request")).await
}

async fn ask_get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Reply {
    ask(app, Method::GET, path, headers).await
}

#[state]
#[derive(Default)]
struct Album {
    files: Vec<StoredFile>,
}

#[state]
impl Album {
    #[event]
    async fn replace(&mut self, file: UploadFile) -> Result<()> {
        file.save_as("replaced.bin").await?;
        Ok(())
    }

    #[event]
    async fn add(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        upload(id = "album", "Drop here"),
        upload(id = "sealed", sha256 = true, "Drop here"),
        button(on_click = Album::add(upload_files("sealed")), "Seal"),
        upload(id = "other", sha256 = true, "Drop here"),
        button(on_click = Album::replace(upload_files("other")), "Replace"),
        button(on_click = Album::add(upload_files("album")), "Add"),
        for file in &album.files {
            link(href = file.url(), file.name())
        },
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// Uploads one file and returns its link.
async fn uploaded(visitor: &mut Visitor, name: &str, bytes: &[u8]) -> String {
    let reply = visitor.upload("album", [(name, bytes)]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    visitor.page().href(name).to_owned()
}

fn assert_safe(reply: &Reply) {
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    let policy = reply.header("content-security-policy");
    assert!(policy.contains("sandbox") && !policy.contains("allow-scripts"), "{policy:?}");
}

#[tokio::test]
pub(super) async fn a_link_gives_the_bytes_that_were_uploaded() {
    let app = app();
    let mut visitor = app.visitor().await;
    let bytes = patterned(1_000_000);
    let href = uploaded(&mut visitor, "big.bin", &bytes).await;
    assert!(href.starts_with("/_upload/"), "{href}");
    let reply = visitor.get(&href).await;
    assert_eq!(reply.status(), StatusCode::OK);
    assert!(reply.bytes() == &bytes, "other bytes came back");
    assert_eq!(reply.header("content-length"), "1000000");
    assert_safe(&reply);
}

#[tokio::test]
pub(super) async fn a_browser_is_told_to_show_only_what_cannot_run_script() {
    let app = app();
    let mut visitor = app.visitor().await;
    let script: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let page: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
    let files: [(&str, &[u8], &str); 9] = [
        ("a.txt", b"hello", "inline"),
        ("a.png", PNG, "inline"),
        ("a.pdf", PDF, "inline"),
        ("a.html", page, "attachment"),
        ("a.xhtml", page, "attachment"),
        ("a.svg", script, "attachment"),
        ("a.xml", script, "attachment"),
        ("a.bin", page, "attachment"),
        ("no extension", page, "attachment"),
    ];
    for (name, bytes, disposition) in files {
        let href = uploaded(&mut visitor, name, bytes).await;
        let reply = visitor.get(&href).await;
        assert_eq!(reply.status(), StatusCode::OK, "{name}");
        let header = reply.header("content-disposition");
        let kind = header.split(';').next().unwrap_or_default();
        assert!(kind == disposition || (kind.is_empty() && disposition == "inline"), "{name}: {header:?}");
        assert_ne!(reply.header("content-type"), "", "{name}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{name}");
        assert!(name == "a.pdf" || reply.header("content-security-policy").contains("sandbox"), "{name}");
    }
}

#[tokio::test]
pub(super) async fn markup_under_an_innocent_name_is_never_shown_as_markup() {
    let app = app();
    let mut visitor = app.visitor().await;
    let page = b"<!DOCTYPE html><script>alert(1)</script>";
    for name in ["holiday.png", "notes.txt", "paper.pdf"] {
        let href = uploaded(&mut visitor, name, page).await;
        let reply = visitor.get(&href).await;
        assert_safe(&reply);
        let kind = reply.header("content-type");
        let is_markup = ["html", "xml", "svg"].iter().any(|markup| kind.contains(markup));
        let is_saved = reply.header("content-disposition").starts_with("attachment");
        assert!(is_saved || !is_markup, "{name} is shown as {kind}");
    }
}

#[tokio::test]
pub(super) async fn a_name_in_any_script_survives_the_way_through_link_and_header() {
    let app = app();
    let mut visitor = app.visitor().await;
    let name = "写真 1 #%?.html";
    let href = uploaded(&mut visitor, name, b"<p>hello").await;
    assert!(href.is_ascii() && !href.contains(' '), "{href}");
    let reply = visitor.get(&href).await;
    assert_eq!(reply.bytes().as_ref(), b"<p>hello");
    let disposition = reply.header("content-disposition");
    assert!(disposition.contains("filename=\""), "{disposition}");
    let encoded = "filename*=UTF-8''%E5%86%99%E7%9C%9F%201%20%23%25%3F.html";
    assert!(disposition.contains(encoded), "{disposition}");
}

#[tokio::test]
pub(super) async fn a_link_is_a_secret() {
    let app = app();
    let mut visitor = app.visitor().await;
    let href = uploaded(&mut visitor, "diary.txt", b"dear diary").await;
    let (path, _) = href.split_once('?').unwrap_or((&href, ""));
    let other_name = href.replace("diary", "diarx");
    let last = if href.ends_with('A') { "B" } else { "A" };
    let altered = format!("{}{last}", &href[..href.len() - 1]);
    for guess in [path, "/_upload/diary.txt", "/_upload/", "/_upload", &other_name, &altered] {
        let reply = visitor.get(guess).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{guess}");
        assert!(!reply.text().contains("dear"), "{guess}");
    }
    // Links are capabilities: whoever was given one may use it.
    let reply = app.stranger().get(&href).await;
    assert_eq!(reply.text(), "dear diary");
}

#[tokio::test]
pub(super) async fn a_file_that_is_gone_is_not_found() {
    let app = app();
    let mut visitor = app.visitor().await;
    let href = uploaded(&mut visitor, "a.txt", b"hello").await;
    app.files().remove(&app.files().key_of("a.txt"));
    assert_eq!(visitor.get(&href).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_secret_and_the_spool_are_never_served() {
    let app = app();
    let mut visitor = app.visitor().await;
    let href = uploaded(&mut visitor, "a.txt", b"hello").await;
    let (_, signature) = href.split_once(".txt").expect("the extension is in the link");
    let secret = std::fs::read(app.files().path().join(".filekit/secret")).expect("a secret");
    let paths = [
        ".filekit/secret",
        ".filekit%2Fsecret",
        "%2efilekit/secret",
        "./.filekit/secret",
        "x/../.filekit/secret",
        "..%2Fuploaded_files%2F.filekit%2Fsecret",
        "%2e%2e/uploaded_files/.filekit/secret",
    ];
    for path in paths {
        for path in [format!("/_upload/{path}"), format!("/_upload/{path}{signature}"), format!("/_filekit/{path}")] {
            let reply = visitor.get(&path).await;
            assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{path}");
            assert_ne!(reply.bytes(), &secret, "{path}");
        }
    }
}

#[tokio::test]
async fn only_the_owner_of_the_process_can_read_the_secret() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = app();
    let secret = std::fs::metadata(app.files().path().join(".filekit/secret")).expect("a secret");
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
pub(super) async fn a_link_that_ends_says_when_and_cannot_be_made_to_last() {
    let hour = std::time::Duration::from_secs(3_600);
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.upload_url_ttl(hour));
    let mut visitor = app.visitor().await;
    let href = uploaded(&mut visitor, "a.txt", b"hello").await;
    assert_eq!(visitor.get(&href).await.text(), "hello");
    let (before, rest) = href.split_once("expires=").expect("its end is in the link");
    let (expires, signature) = rest.split_once('&').expect("a signature behind it");
    let later: u64 = expires.parse::<u64>().expect("seconds") + 3_600;
    for altered in [format!("{before}expires={later}&{signature}"), format!("{before}{signature}")] {
        assert_eq!(visitor.get(&altered).await.status(), StatusCode::NOT_FOUND, "{altered}");
    }
}

#[tokio::test]
async fn a_file_in_folders_of_any_name_is_served() {
    let app = public(&[]);
    let folder = app.files().path().join("写真 50%/a;b&c=d #1");
    std::fs::create_dir_all(&folder).expect("a writable folder");
    for name in ["%41?.txt", "100%25.txt", "a+b c.txt", "'\u{e9}~!$@,().txt", "語.txt"] {
        std::fs::write(folder.join(name), name).expect("a writable folder");
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let path = format!("/_upload/{}/{}/{}", escaped("写真 50%"), escaped("a;b&c=d #1"), escaped(name));
        let reply = ask_get(&app, &path, &[]).await;
        assert_eq!((reply.status(), reply.text()), (StatusCode::OK, name), "{path}");
        assert_safe(&reply);
    }
}

#[tokio::test]
async fn what_a_client_says_of_files_of_the_disk_changes_nothing() {
    let app = public(&[("a.txt", b"hello"), ("secret.txt", b"secret")]);
    let other = app.files().path().join("secret.txt");
    let other = other.to_str().expect("a path in UTF-8");
    for (name, value) in [
        ("x-accel-redirect", "/internal/secret.txt"),
        ("x-sendfile", other),
        ("x-sendfile2", other),
        ("x-lighttpd-send-file", other),
        ("x-accel-mapping", "/=/internal/"),
        ("x-sendfile-type", "X-Accel-Redirect"),
    ] {
        let reply = ask_get(&app, "/_upload/a.txt", &[(name, value)]).await;
        assert_eq!((reply.status(), reply.text()), (StatusCode::OK, "hello"), "{name}");
        let reply = ask_get(&app, "/_upload/gone.txt", &[(name, value)]).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{name}");
        assert!(!reply.text().contains("secret"), "{name}");
    }
    for path in ["/internal/secret.txt", "/internal/", "/internal/.filekit/secret"] {
        assert_eq!(ask_get(&app, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}
