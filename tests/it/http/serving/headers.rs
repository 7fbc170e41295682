//! The headers of every kind of file, by type and by whose it is.

use axum::http::{HeaderMap, Method, StatusCode};
use filekit::prelude::*;
use filekit_tests::{PDF, PNG};

use super::{app, ask, ask_get, page, public, uploaded};

const SANDBOX: &str = "sandbox; default-src 'none'";
/// What the browser itself puts around a picture or a text has styles.
const SHOWN: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
/// A player asks for the file again.
const PLAYED: &str = "sandbox allow-same-origin; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'";
/// No viewer starts in a sandbox.
const PDF_VIEWED: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'";

/// Name, content, the type that is declared, and whether it is shown.
const TYPES: &[(&str, &[u8], &str, bool)] = &[
    ("a.txt", b"hello", "text/plain; charset=utf-8", true),
    ("russian.txt", b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0", "text/plain", true),
    ("README", b"hello", "text/plain; charset=utf-8", true),
    ("a.png", PNG, "image/png", true),
    ("a.gif", b"GIF89a\x01\0\x01\0\0\0\0", "image/gif", true),
    ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image/jpeg", true),
    ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp", true),
    ("a.bmp", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0", "image/bmp", true),
    ("a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "video/mp4", true),
    ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav", true),
    ("a.pdf", PDF, "application/pdf", true),
    ("a.html", b"<!doctype html><script>1</script>", "text/html; charset=utf-8", false),
    ("a.htm", b"plain", "text/html; charset=utf-8", false),
    ("a.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "application/xhtml+xml", false),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", false),
    ("notes.md", b"# Notes\n\nIt begins with %PDF-1.7.\n", "text/markdown; charset=utf-8", false),
    ("photo.jpg", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp", true),
    ("a.xml", b"<?xml version='1.0'?><a/>", "text/xml; charset=utf-8", false),
    ("a.js", b"alert(1)", "application/octet-stream", false),
    ("a.css", b"a{}", "application/octet-stream", false),
    ("a.csv", b"a,b", "text/csv; charset=utf-8", false),
    ("a.json", b"{}", "application/json; charset=utf-8", false),
    ("a.zip", b"PK\x03\x04\x14\0\0\0", "application/zip", false),
    ("a.png.html", b"<script>1</script>", "text/html; charset=utf-8", false),
    ("html.png", b"<!doctype html><script>1</script>", "text/html; charset=utf-8", false),
    ("png.html", PNG, "image/png", true),
    ("nothing", b"\0\x01\x02", "application/octet-stream", false),
    ("empty", b"", "application/octet-stream", false),
];

#[tokio::test]
pub(super) async fn a_type_is_judged_and_what_can_run_a_script_is_saved() {
    let files: Vec<(&str, &[u8])> = TYPES.iter().map(|(name, bytes, ..)| (*name, *bytes)).collect();
    let app = public(&files);
    for (name, bytes, kind, shown) in TYPES {
        for headers in [&[][..], &[("range", "bytes=0-0")]] {
            let reply = ask_get(&app, &format!("/_upload/{name}"), headers).await;
            if bytes.is_empty() && !headers.is_empty() {
                continue;
            }
            assert_eq!(reply.header("content-type"), *kind, "{name}");
            let disposition = reply.header("content-disposition");
            let expected = if *shown { "inline; filename=\"" } else { "attachment; filename=\"" };
            assert!(disposition.starts_with(expected), "{name}: {disposition}");
            assert!(disposition.contains("; filename*=UTF-8''"), "{name}: {disposition}");
            let policy = match kind.split('/').next() {
                _ if *kind == "application/pdf" => PDF_VIEWED,
                Some("audio" | "video") => PLAYED,
                _ if *shown => SHOWN,
                _ => SANDBOX,
            };
            assert_eq!(reply.header("content-security-policy"), policy, "{name}");
            for (header, value) in [
                ("x-content-type-options", "nosniff"),
                ("cross-origin-resource-policy", "same-origin"),
                ("referrer-policy", "no-referrer"),
                ("accept-ranges", "bytes"),
                ("set-cookie", ""),
            ] {
                assert_eq!(reply.header(header), value, "{name}");
            }
        }
    }
}

#[tokio::test]
pub(super) async fn the_digest_of_the_whole_file_is_told_where_it_is_known() {
    let hello = "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:";
    let other = "sha-256=:2SmKENGwc1g33EvYXaxkGw887yekfl1TpU8vP1svz/o=:";
    let app = public(&[("planted", b"hello")]);
    let mut visitor = app.visitor().await;
    let digest =
        |headers: &HeaderMap| headers.get("repr-digest").map(|value| value.to_str().expect("ASCII").to_owned());
    visitor.upload("album", [("plain.bin", "hello")]).await;
    visitor.upload("sealed", [("sealed.bin", "hello")]).await;
    for (name, known) in [("plain.bin", None), ("planted", None), ("sealed.bin", Some(hello.to_owned()))] {
        let path = format!("/_upload/{}", app.files().key_of(name));
        for (method, headers, status) in
            [(Method::GET, &[][..], 200), (Method::HEAD, &[], 200), (Method::GET, &[("range", "bytes=1-2")], 206)]
        {
            let reply = ask(&app, method, &path, headers).await;
            assert_eq!((reply.status().as_u16(), digest(reply.headers())), (status, known.clone()), "{name}");
        }
    }
    visitor.upload("other", [("x", "other")]).await;
    let reply = ask_get(&app, "/_upload/replaced.bin", &[]).await;
    assert_eq!((reply.text(), digest(reply.headers()).as_deref()), ("other", Some(other)));
    app.files().keep("replaced.bin", "tampered");
    assert_eq!(digest(ask_get(&app, "/_upload/replaced.bin", &[]).await.headers()), None);
}

#[tokio::test]
pub(super) async fn a_head_has_the_headers_of_a_get() {
    let large = vec![b'a'; 200_000];
    let app = public(&[("a.txt", b"hello"), ("a.png", PNG), ("empty", b""), ("large.html", &large)]);
    for name in ["a.txt", "a.png", "empty", "large.html", "gone"] {
        let path = format!("/_upload/{name}");
        let get = ask(&app, Method::GET, &path, &[]).await;
        let head = ask(&app, Method::HEAD, &path, &[]).await;
        assert_eq!((get.status(), get.headers()), (head.status(), head.headers()), "{name}");
        assert!(head.bytes().is_empty(), "{name}");
    }
}

#[tokio::test]
pub(super) async fn a_file_is_kept_by_the_caches_of_those_who_may_have_it() {
    let private = app();
    let mut visitor = private.visitor().await;
    let href = uploaded(&mut visitor, "a.txt", b"hello").await;
    assert_eq!(visitor.get(&href).await.header("cache-control"), "private, no-cache");

    let public = public(&[("a.txt", b"hello")]);
    assert_eq!(ask_get(&public, "/_upload/a.txt", &[]).await.header("cache-control"), "public, no-cache");
    let mut visitor = public.visitor().await;
    let href = uploaded(&mut visitor, "b.txt", b"hello").await;
    assert!(href.starts_with("/_upload/b.") && href.ends_with(".txt"), "{href}");

    // What is not there today may be tomorrow.
    assert_eq!(ask_get(&public, "/_upload/gone", &[]).await.header("cache-control"), "no-store");
}

#[tokio::test]
pub(super) async fn only_get_and_head_are_answered() {
    let app = public(&[("a.txt", b"hello")]);
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let reply = ask(&app, method.clone(), "/_upload/a.txt", &[]).await;
        assert_eq!(reply.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(reply.header("allow"), "GET,HEAD", "{method}");
    }
    assert_eq!(app.files().stored("a.txt"), b"hello");
}

#[tokio::test]
pub(super) async fn a_link_is_private_unless_the_developer_says_otherwise() {
    let app = filekit_tests::TestApp::new(Router::new().route("/", get(page)));
    app.files().keep("a.txt", "hello");
    assert_eq!(ask_get(&app, "/_upload/a.txt", &[]).await.status(), StatusCode::NOT_FOUND);
}
