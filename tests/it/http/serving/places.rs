//! What is not in the store, or is not a file of it, cannot be had.

use std::os::unix::fs::symlink;

use axum::http::StatusCode;

use super::{ask_get, public};

#[tokio::test]
pub(super) async fn what_is_no_file_of_the_store_is_not_there() {
    let app = public(&[("a.txt", b"hello"), (".hidden", b"secret"), ("trailing. ", b"secret")]);
    let root = app.files().path();
    std::fs::write(root.with_file_name("outside"), "secret").expect("a writable folder");
    std::fs::create_dir(root.join("folder")).expect("a writable folder");
    std::fs::write(root.join("folder/inner"), "inside").expect("a writable folder");
    for (target, link) in [
        ("../outside", "out"),
        ("a.txt", "in"),
        (".filekit/secret", "key"),
        ("/etc/passwd", "abs"),
        (".", "here"),
        ("gone", "dangling"),
        ("loop", "loop"),
        ("folder", "linked"),
    ] {
        symlink(target, root.join(link)).expect("a writable folder");
    }
    let pipe = std::process::Command::new("mkfifo").arg(root.join("pipe")).status().expect("a system with pipes");
    assert!(pipe.success());
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).expect("a writable folder");

    assert_eq!(ask_get(&app, "/_upload/a.txt", &[]).await.text(), "hello");
    assert_eq!(ask_get(&app, "/_upload/%61.txt", &[]).await.text(), "hello");
    assert_eq!(ask_get(&app, "/_upload/folder/inner", &[]).await.text(), "inside");
    for name in [
        "out",
        "in",
        "key",
        "abs",
        "here",
        "dangling",
        "loop",
        "pipe",
        "socket",
        "folder",
        "folder/",
        "folder//inner",
        "linked/inner",
        "linked%2finner",
        ".hidden",
        "%2ehidden",
        "trailing.%20",
        "",
        ".",
        "%2e",
        "..",
        "%2e%2e",
        "../outside",
        "..%2foutside",
        "%2e%2e%2foutside",
        "..%5coutside",
        "..%255c",
        "%252e%252e%252foutside",
        "%2fetc%2fpasswd",
        "/etc/passwd",
        ".filekit",
        ".filekit/secret",
        ".filekit%2fsecret",
        "here/a.txt",
        "here%2fa.txt",
        "./a.txt",
        "%2e%2fa.txt",
        "a.txt/",
        "a.txt%2f",
        "a.txt%00",
        "%00a.txt",
        "a.txt%00.png",
        "a.txt%20",
        "a.txt.",
        "A.TXT",
        "a%2etxt%E2%80%AE",
        "%ff",
        "%c0%ae%c0%ae%2foutside",
        "%u002e%u002e/outside",
        "a.txt::$DATA",
        "a.txt%0d%0aX:1",
    ] {
        let reply = ask_get(&app, &format!("/_upload/{name}"), &[]).await;
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&reply.status()),
            "{name}: {}",
            reply.status()
        );
        assert!(!reply.text().contains("secret") && !reply.text().contains("hello"), "{name}");
        assert!(!reply.headers().keys().any(|header| header == "x"), "{name}");
    }
    let long = "a".repeat(5_000);
    assert_eq!(ask_get(&app, &format!("/_upload/{long}"), &[]).await.status(), StatusCode::NOT_FOUND);
}
