//! Links that lead to the store: what it sends there, for how long, and what still passes through the server.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use filekit::storage::{ObjectStorage, SignedAnswer, Storage as _};
use filekit_tests::{Bucket, PNG, Reply, TestApp, Visitor, patterned, until};
use object_store::memory::InMemory;

use super::{contract, events};

fn app(storage: ObjectStorage) -> TestApp {
    TestApp::with(events::pages(), |kit| kit.storage(storage.clone()).serve_by_redirect(true))
}

/// Uploads a file and returns its link.
async fn kept(visitor: &mut Visitor, name: &str, bytes: impl Into<Vec<u8>>) -> String {
    let reply = visitor.upload("kept", [(name, bytes.into())]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    visitor.page().href(name).to_owned()
}

/// Where a link leads to.
async fn led_to(app: &TestApp, link: &str) -> String {
    let reply = app.stranger().get(link).await;
    assert_eq!(reply.status(), StatusCode::TEMPORARY_REDIRECT, "{link}");
    assert_eq!(reply.header("cache-control"), "private, no-store");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    assert!(reply.bytes().is_empty());
    reply.header("location").to_owned()
}

/// What the store answers.
async fn ask(url: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    let client = reqwest::Client::new();
    let request = headers.iter().fold(client.get(url), |request, (name, value)| request.header(*name, *value));
    request.send().await.expect("an answer of the store")
}

fn header<'a>(answer: &'a reqwest::Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().expect("a header in ASCII"))
}

async fn asked(app: &TestApp, method: Method, link: &str, headers: &[(&str, &str)]) -> Reply {
    let request =
        headers.iter().fold(axum::http::Request::builder(), |request, (name, value)| request.header(*name, *value));
    let request = request.method(method).uri(link).body(axum::body::Body::empty());
    app.stranger().send(request.expect("a request")).await
}

#[tokio::test]
async fn the_store_sends_a_file_under_its_name_and_type() {
    let app = app(Bucket::new().await.storage());
    let mut visitor = app.visitor().await;
    let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for (name, bytes, mime, disposition) in [
        ("写真 50% + \"a;b&c\"=d.png", PNG, "image/png", "inline"),
        ("claims.42 grüße.txt", "grüße".as_bytes(), "text/plain; charset=utf-8", "inline"),
        ("a.svg", script, "image/svg+xml", "attachment"),
        ("a.html", b"<!doctype html><script>1</script>", "text/html; charset=utf-8", "attachment"),
        ("a.js", b"alert(1)", "application/octet-stream", "attachment"),
    ] {
        let reply = visitor.upload("kept", [(name, bytes)]).await;
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
        let mut links = visitor.page().named("a").into_iter().filter_map(|link| link.attribute("href"));
        let link = links.rfind(|link| link.starts_with("/_upload/")).expect("a link").to_owned();
        let head = asked(&app, Method::HEAD, &link, &[]).await;
        assert_eq!(head.header("content-type"), mime, "{name}");
        assert!(head.header("content-disposition").starts_with(disposition), "{name}");
        let answer = ask(&led_to(&app, &link).await, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        for said in ["content-type", "content-disposition", "cache-control", "etag", "last-modified", "content-length"]
        {
            assert_eq!(header(&answer, said), head.header(said), "{name}: {said}");
        }
        assert_eq!(answer.bytes().await.expect("a body"), bytes, "{name}");
    }
}

#[tokio::test]
async fn parts_and_versions_are_the_same_on_both_ways() {
    let app = app(Bucket::new().await.storage());
    let mut visitor = app.visitor().await;
    let bytes = patterned(300_000);
    let link = kept(&mut visitor, "a.bin", bytes.clone()).await;
    let url = led_to(&app, &link).await;
    let part = ask(&url, &[("range", "bytes=1000-1999")]).await;
    assert_eq!(
        (part.status(), header(&part, "content-range")),
        (StatusCode::PARTIAL_CONTENT, "bytes 1000-1999/300000")
    );
    let tag = header(&part, "etag").to_owned();
    assert!(part.bytes().await.expect("a body") == bytes[1_000..2_000], "other bytes");
    // Who has the tag of the store asks the server by it.
    for (headers, status) in [
        (&[("if-none-match", &*tag)][..], 304),
        (&[("if-match", &*tag)], 307),
        (&[("if-match", "\"other\"")], 412),
        (&[("range", "bytes=300000-")], 416),
        (&[("range", "bytes=5-"), ("if-range", &*tag)], 307),
    ] {
        assert_eq!(asked(&app, Method::GET, &link, headers).await.status(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn a_url_of_the_store_is_of_one_file_and_one_answer() {
    let app = app(Bucket::new().await.storage());
    let mut visitor = app.visitor().await;
    let mine = kept(&mut visitor, "mine.html", "<p>mine").await;
    let other = kept(&mut visitor, "other.html", "<p>other").await;
    let (mine, other) = (led_to(&app, &mine).await, led_to(&app, &other).await);
    assert_eq!(ask(&mine, &[]).await.status(), StatusCode::OK);
    let ((path, query), (other_path, _)) =
        (mine.split_once('?').expect("a query"), other.split_once('?').expect("a query"));
    assert_ne!(path, other_path);
    for forged in [
        format!("{other_path}?{query}"),
        mine.replace("attachment", "inline"),
        mine.replace("X-Amz-Expires=300", "X-Amz-Expires=3000"),
        path.to_owned(),
    ] {
        assert_ne!(forged, mine);
        assert_eq!(ask(&forged, &[]).await.status(), StatusCode::FORBIDDEN, "{forged}");
    }
    let put = reqwest::Client::new().put(&mine).body("changed").send().await.expect("an answer of the store");
    assert_eq!(put.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_url_of_the_store_ends_and_that_of_a_film_later() {
    let storage = Bucket::new().await.storage();
    contract::create(&storage, "a.txt", b"hello").await;
    let answer = SignedAnswer {
        content_type: "text/plain".to_owned(),
        content_disposition: "inline".to_owned(),
        cache_control: "no-store".to_owned(),
        lifetime: Duration::from_secs(2),
    };
    let signed = storage.signed_url(&contract::key("a.txt"), &answer).await;
    let url = signed.expect("a store that answers").expect("a URL");
    assert_eq!(ask(&url, &[]).await.text().await.expect("text"), "hello");
    let has_ended = async || (ask(&url, &[]).await.status() == StatusCode::FORBIDDEN).then_some(());
    until("the URL has ended", has_ended).await;

    let app = app(storage);
    let mut visitor = app.visitor().await;
    let text = kept(&mut visitor, "b.txt", "hello").await;
    let film = kept(&mut visitor, "a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom").await;
    assert!(led_to(&app, &text).await.contains("X-Amz-Expires=300&"));
    assert!(led_to(&app, &film).await.contains("X-Amz-Expires=21600&"));
}

#[tokio::test]
async fn only_who_may_have_a_file_is_led_to_it() {
    let app = app(Bucket::new().await.storage());
    let mut visitor = app.visitor().await;
    let link = kept(&mut visitor, "a.txt", "hello").await;
    let (path, _) = link.split_once('?').expect("a signature");
    for guess in [path, "/_upload/a.txt", &link[..link.len() - 1]] {
        let reply = app.stranger().get(guess).await;
        assert_eq!((reply.status(), reply.header("location")), (StatusCode::NOT_FOUND, ""), "{guess}");
    }
    visitor.click_with("Remove", &[("name", "a.txt".into()), ("to", "".into())]).await;
    assert_eq!(app.stranger().get(&link).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_the_store_cannot_send_passes_through() {
    let app = app(Bucket::new().await.storage());
    let mut visitor = app.visitor().await;
    kept(&mut visitor, "a.txt", "hello").await;
    let download = visitor.click("Download a.txt").await;
    assert_eq!((download.status(), download.text()), (StatusCode::OK, "hello"));

    let on_disk = TestApp::with(events::pages(), |kit| kit.serve_by_redirect(true));
    let in_memory = self::app(ObjectStorage::new(InMemory::new()));
    for app in [on_disk, in_memory] {
        let link = kept(&mut app.visitor().await, "a.txt", "hello").await;
        let reply = app.stranger().get(&link).await;
        assert_eq!((reply.status(), reply.text()), (StatusCode::OK, "hello"));
    }
}
