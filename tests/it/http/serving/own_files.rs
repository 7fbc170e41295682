//! Files of the developer's own: served where no route is, as what they are, and nothing beside them.

use std::{fs, os::unix::fs::symlink, path::Path};

use axum::http::{Method, StatusCode};
use filekit::prelude::*;
use filekit_tests::{Html, PDF, PNG, TestApp, Visitor};
use tempfile::TempDir;

use super::{ask, ask_get};

/// A folder of files, and one beside it.
fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("filekit-assets-").tempdir().expect("a temporary folder");
    let root = folder.path().join("www");
    for inner in ["img/deep", ".git"] {
        fs::create_dir_all(root.join(inner)).expect("a writable folder");
    }
    for (name, bytes) in [
        ("banner.png", PNG),
        ("paper.pdf", PDF),
        ("index.html", b"<!doctype html><p>index"),
        ("site.css", b"p{}"),
        ("site.js", b"1"),
        ("module.mjs", b"1"),
        ("code.wasm", b"\0asm"),
        ("img/logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("img/deep/a b é.txt", b"deep"),
        ("LICENSE", b"text"),
        ("data.unknown-type", b"\0\x01"),
        ("page", b"hidden by the route"),
        (".env", b"secret"),
        (".git/config", b"secret"),
        ("../outside.txt", b"secret"),
    ] {
        fs::write(root.join(name), bytes).expect("a writable folder");
    }
    folder
}

async fn page() -> View {
    view![heading("A page"), image(src = "/banner.png", alt = "Banner"), link(href = "/img/logo.svg", "Logo")]
}

fn pages() -> Router {
    Router::new().route("/", get(page)).route("/page", get(page))
}

fn app(folder: &TempDir) -> TestApp {
    TestApp::with(pages(), |kit| kit.assets(folder.path().join("www")))
}

#[tokio::test]
async fn a_file_is_served_as_what_it_is() {
    let folder = folder();
    let app = app(&folder);
    for (path, kind, size) in [
        ("/banner.png", "image/png", PNG.len()),
        ("/paper.pdf", "application/pdf", PDF.len()),
        ("/index.html", "text/html; charset=utf-8", 23),
        ("/site.css", "text/css; charset=utf-8", 3),
        ("/site.js", "text/javascript; charset=utf-8", 1),
        ("/module.mjs", "text/javascript; charset=utf-8", 1),
        ("/code.wasm", "application/wasm", 4),
        ("/img/logo.svg", "image/svg+xml", 41),
        ("/img/deep/a%20b%20%C3%A9.txt", "text/plain; charset=utf-8", 4),
        ("/LICENSE", "text/plain; charset=utf-8", 4),
        ("/data.unknown-type", "application/octet-stream", 2),
        ("/banner.png?version=2", "image/png", PNG.len()),
    ] {
        let reply = ask_get(&app, path, &[]).await;
        assert_eq!((reply.status(), reply.bytes().len()), (StatusCode::OK, size), "{path}");
        assert_eq!(reply.header("content-type"), kind, "{path}");
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-cache"),
            ("accept-ranges", "bytes"),
            // They are trusted as the program is.
            ("content-security-policy", ""),
            ("content-disposition", ""),
            ("set-cookie", ""),
        ] {
            assert_eq!(reply.header(header), value, "{path}: {header}");
        }
        assert_ne!(reply.header("etag"), "", "{path}");
        assert_ne!(reply.header("last-modified"), "", "{path}");
        let head = ask(&app, Method::HEAD, path, &[]).await;
        assert_eq!((head.headers(), head.bytes().len()), (reply.headers(), 0), "{path}");
    }
}

#[tokio::test]
async fn conditions_and_ranges_hold_for_them() {
    let folder = folder();
    let app = app(&folder);
    let tag = ask_get(&app, "/banner.png", &[]).await.header("etag").to_owned();
    for (headers, status) in [
        ([("if-none-match", tag.as_str()), ("accept", "*/*")], 304),
        ([("if-match", "\"other\""), ("accept", "*/*")], 412),
        ([("range", "bytes=1-3"), ("if-range", &tag)], 206),
        ([("range", "bytes=1-3"), ("if-range", "\"other\"")], 200),
        ([("range", "bytes=1000000-"), ("accept", "*/*")], 416),
    ] {
        assert_eq!(ask_get(&app, "/banner.png", &headers).await.status(), status, "{headers:?}");
    }
    assert_eq!(ask_get(&app, "/banner.png", &[("range", "bytes=1-3")]).await.bytes().as_ref(), b"PNG");
}

#[tokio::test]
async fn routes_come_first_and_what_is_not_there_is_not_found() {
    let folder = folder();
    let app = app(&folder);
    let page = ask_get(&app, "/page", &[]).await;
    assert!(page.text().contains("A page"), "{}", page.text());
    for path in ["/gone", "/img", "/img/", "/img/deep/", "/banner.png/", "/_filekit/gone", "/img/index.html"] {
        let reply = ask_get(&app, path, &[]).await;
        assert_eq!((reply.status(), reply.bytes().len()), (StatusCode::NOT_FOUND, 0), "{path}");
    }
    // No index is made up, for the root neither.
    let bare = TestApp::with(Router::new(), |kit| kit.assets(folder.path().join("www")));
    assert_eq!(ask_get(&bare, "/", &[]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(ask(&app, Method::POST, "/banner.png", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_but_the_files_of_the_folder_is_served() {
    let folder = folder();
    let app = app(&folder);
    let root = folder.path().join("www");
    let (etc, outside, hidden) = (Path::new("/etc"), Path::new("../outside.txt"), Path::new(".env"));
    for (target, link) in [(etc, "etc"), (outside, "out"), (hidden, "env"), (Path::new(".."), "up")] {
        symlink(target, root.join(link)).expect("a writable folder");
    }
    for path in [
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/.git%2fconfig",
        "/%2egit/config",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e%2foutside.txt",
        "/..%5coutside.txt",
        "/img/../../outside.txt",
        "/img/..%2f.env",
        "/img/%2e%2e/%2e%2e/outside.txt",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/etc/passwd",
        "/out",
        "/env",
        "/up/outside.txt",
        "/up/www/.env",
        "/banner.png%00",
        "/.env%00.png",
        "/%ff",
        "/./banner.png",
        "/img//logo.svg",
        "/c:%5cwindows",
        "/%252e%252e/outside.txt",
        "/..",
        "/.",
        "/...",
        "/%c0%ae%c0%ae/outside.txt",
    ] {
        let reply = ask_get(&app, path, &[]).await;
        assert_eq!((reply.status(), reply.bytes().len()), (StatusCode::NOT_FOUND, 0), "{path}");
    }
    // A link that stays in the folder is as good as what it leads to.
    symlink("banner.png", root.join("alias.png")).expect("a writable folder");
    assert_eq!(ask_get(&app, "/alias.png", &[]).await.bytes().as_ref(), PNG);
}

#[tokio::test]
async fn what_pages_do_with_unknown_paths_is_done_when_there_is_no_file() {
    async fn missing() -> (StatusCode, View) {
        (StatusCode::NOT_FOUND, view![heading("Lost?")])
    }
    let folder = folder();
    let pages = pages().fallback(missing);
    let app = TestApp::with(pages, |kit| kit.assets(folder.path().join("www")));
    assert_eq!(ask_get(&app, "/banner.png", &[]).await.bytes().as_ref(), PNG);
    for method in [Method::GET, Method::POST] {
        let reply = ask(&app, method, "/gone", &[]).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND);
        let page = Html::parse(reply.text());
        assert_eq!(page.named("h2")[0].text(), "Lost?");
    }
}

#[tokio::test]
async fn below_a_prefix_they_are_below_it_too() {
    let folder = folder();
    let app = app(&folder).layered(|router| Router::new().nest("/app", router).route("/other", get(page)));
    assert_eq!(ask_get(&app, "/app/banner.png", &[]).await.bytes().as_ref(), PNG);
    assert_eq!(ask_get(&app, "/app/img/logo.svg", &[]).await.status(), StatusCode::OK);
    for path in ["/banner.png", "/app/gone", "/app/.env", "/app/../outside.txt"] {
        assert_eq!(ask_get(&app, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let mut visitor = Visitor::stranger(app.site());
    visitor.open("/app").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "A page");
}

#[tokio::test]
async fn a_proxys_prefix_is_not_in_their_way() {
    let folder = folder();
    let app = TestApp::with(pages(), |kit| kit.base_path("/files").assets(folder.path().join("www")));
    assert_eq!(ask_get(&app, "/banner.png", &[]).await.bytes().as_ref(), PNG);
}

#[tokio::test]
async fn merged_into_an_app_they_answer_after_all_of_its_routes() {
    let folder = folder();
    let app = app(&folder).layered(|router| Router::new().route("/banner.png", get(async || "A route")).merge(router));
    assert_eq!(ask_get(&app, "/banner.png", &[]).await.text(), "A route");
    assert_eq!(ask_get(&app, "/img/logo.svg", &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_single_file_is_served_alone() {
    let folder = folder();
    let app = TestApp::with(pages(), |kit| kit.assets(folder.path().join("www/banner.png")));
    assert_eq!(ask_get(&app, "/banner.png", &[]).await.bytes().as_ref(), PNG);
    assert_eq!(ask_get(&app, "/site.css", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_folder_that_is_not_there_or_holds_the_uploads_is_refused_at_the_start() {
    let folder = folder();
    let root = folder.path();
    let built = |assets: &Path| FileKit::builder().upload_dir(root.join("www/uploads")).assets(assets).build();
    let missing = built(&root.join("wwww")).expect_err("there is no such folder").to_string();
    assert!(missing.contains("wwww"), "{missing}");
    for around in [root.join("www"), root.to_owned(), root.join("www/uploads")] {
        let refused = built(&around).expect_err("uploads would be trusted").to_string();
        assert!(refused.contains("trusted"), "{refused}");
    }
    built(&root.join("www/img")).expect("a folder beside the uploads");
    FileKit::builder().upload_dir(root.join("uploads")).no_assets().build().expect("no assets");
}
