//! tus 1.0.0 and its extensions, request by request, as its specification has it (<https://tus.io/protocols/resumable-upload>).

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use filekit_tests::{Reply, TestApp, Visitor, patterned};
use sha2::{Digest as _, Sha256};

use super::{Fields, Sender, app, app_with, assert_status, endpoint, inbox, noted};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");

/// `filename a.bin`.
const NAMED: (&str, &str) = ("upload-metadata", "filename YS5iaW4=");

/// A client of tus at an endpoint.
struct Client {
    sender: Sender,
    endpoint: String,
}

impl Client {
    fn new(app: &TestApp, visitor: &Visitor) -> Self {
        Self { sender: Sender::new(app), endpoint: endpoint(visitor, "any") }
    }

    /// Sends a request of this version to a URL.
    async fn send(&self, method: &str, url: &str, fields: Fields<'_>, body: &[u8]) -> Reply {
        let reply = self.sender.send(method, url, &[&[TUS], fields].concat(), body.to_vec()).await;
        assert_eq!(reply.header("tus-resumable"), "1.0.0", "every answer says the version: {:?}", reply.headers());
        reply
    }

    async fn post(&self, fields: Fields<'_>, body: &[u8]) -> Reply {
        self.send("POST", &self.endpoint, fields, body).await
    }

    /// Begins an upload, and returns its URL.
    async fn create(&self, fields: Fields<'_>) -> String {
        let reply = self.post(&[&[NAMED], fields].concat(), b"").await;
        assert_status(&reply, 201);
        location(&reply)
    }

    async fn patch(&self, url: &str, offset: usize, fields: Fields<'_>, body: &[u8]) -> Reply {
        self.send("PATCH", url, &[&[BYTES, ("upload-offset", &offset.to_string())], fields].concat(), body).await
    }

    async fn head(&self, url: &str) -> Reply {
        self.send("HEAD", url, &[], b"").await
    }
}

fn location(reply: &Reply) -> String {
    let location = reply.header("location");
    // The server does not know how its clients call it.
    assert!(location.starts_with('/') && !location.starts_with("//"), "{location}");
    location.to_owned()
}

#[tokio::test]
async fn options_tell_what_is_spoken() {
    let app = app();
    let visitor = app.visitor().await;
    let sender = Sender::new(&app);
    let reply = sender.send("OPTIONS", &endpoint(&visitor, "any"), &[], "").await;
    assert_status(&reply, 204);
    assert_eq!(reply.header("tus-version"), "1.0.0");
    let extensions =
        "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation";
    assert_eq!(reply.header("tus-extension"), extensions);
    assert_eq!(reply.header("tus-checksum-algorithm"), "sha1,sha256,sha512");
    assert_eq!(reply.header("tus-max-size"), (4_u64 << 30).to_string());
    let papers = sender.send("OPTIONS", &endpoint(&visitor, "papers-only"), &[], "").await;
    assert_eq!(papers.header("tus-max-size"), "20000000");
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_calls_its_event_once() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let bytes = patterned(300_000);
    let url = client.create(&[("upload-length", "300000")]).await;

    let head = client.head(&url).await;
    assert_status(&head, 200);
    assert_eq!([head.header("upload-offset"), head.header("upload-length")], ["0", "300000"]);
    assert_eq!(head.header("cache-control"), "no-store");
    assert_eq!(head.header("upload-metadata"), NAMED.1);

    let first = client.patch(&url, 0, &[], &bytes[..100_000]).await;
    assert_status(&first, 204);
    assert_eq!(first.header("upload-offset"), "100000");
    assert_eq!(client.head(&url).await.header("upload-offset"), "100000");
    assert_eq!(inbox(&mut visitor).await, [""; 0]);

    let last = client.patch(&url, 100_000, &[], &bytes[100_000..]).await;
    assert_status(&last, 204);
    assert_eq!(last.header("upload-offset"), "300000");
    assert!(app.files().stored("a.bin") == bytes, "other bytes were stored");

    // Whoever lost the answer asks, and is told that all is there.
    let head = client.head(&url).await;
    assert_status(&head, 200);
    assert_eq!([head.header("upload-offset"), head.header("upload-length")], ["300000", "300000"]);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", &bytes)]);
}

#[tokio::test]
async fn no_answer_brings_a_cookie() {
    let app = app();
    let visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-length", "5")]).await;
    for reply in [client.head(&url).await, client.patch(&url, 0, &[], b"hello").await, client.head(&url).await] {
        assert!(!reply.headers().contains_key("set-cookie"), "the URL is no cookie: {:?}", reply.headers());
    }
}

#[tokio::test]
async fn an_upload_can_begin_with_its_bytes() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let part = client.post(&[NAMED, BYTES, ("upload-length", "10")], b"hello").await;
    assert_status(&part, 201);
    assert_eq!(part.header("upload-offset"), "5");
    let url = location(&part);
    assert_eq!(client.head(&url).await.header("upload-offset"), "5");
    assert_status(&client.patch(&url, 5, &[], b"world").await, 204);

    let whole = client.post(&[NAMED, BYTES, ("upload-length", "5")], b"whole").await;
    assert_status(&whole, 201);
    assert_eq!(whole.header("upload-offset"), "5");
    assert_eq!(client.head(&location(&whole)).await.header("upload-offset"), "5");
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"helloworld"), noted("a.bin", b"whole")]);
}

#[tokio::test]
async fn the_length_may_be_told_later() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-defer-length", "1")]).await;
    let head = client.head(&url).await;
    assert_eq!([head.header("upload-defer-length"), head.header("upload-length")], ["1", ""]);
    assert_status(&client.patch(&url, 0, &[], b"hello").await, 204);
    assert_status(&client.patch(&url, 5, &[("upload-length", "9")], b"wo").await, 204);
    let head = client.head(&url).await;
    assert_eq!([head.header("upload-defer-length"), head.header("upload-length")], ["", "9"]);
    assert_status(&client.patch(&url, 7, &[("upload-length", "10")], b"rl").await, 400);
    assert_status(&client.patch(&url, 7, &[], b"rl").await, 204);

    // tus-js-client says it in a request of its own if a piece ended where the file did.
    let url = client.create(&[("upload-defer-length", "1")]).await;
    assert_status(&client.patch(&url, 0, &[], b"hello").await, 204);
    let last = client.patch(&url, 5, &[("upload-length", "5")], b"").await;
    assert_status(&last, 204);
    assert_eq!(last.header("upload-offset"), "5");
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"helloworl"), noted("a.bin", b"hello")]);
}

#[tokio::test]
async fn an_empty_file_is_complete_when_it_begins() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-length", "0")]).await;
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"")]);
    assert_eq!(client.head(&url).await.header("upload-offset"), "0");
}

#[tokio::test]
async fn files_have_the_names_that_they_are_given() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let encoded = |pairs: &[(&str, &str)]| {
        let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
        pairs.join(",")
    };
    for (metadata, path) in [
        (encoded(&[("filename", "写真.txt")]), "写真.txt"),
        (encoded(&[("relativePath", "folder/b.txt"), ("name", "b.txt"), ("type", "text/plain")]), "folder/b.txt"),
        (encoded(&[("relativePath", "null"), ("name", "c.txt")]), "c.txt"),
        (encoded(&[("owner", "x")]), "file"),
        (String::new(), "file"),
    ] {
        let reply = client.post(&[("upload-metadata", &metadata), BYTES, ("upload-length", "5")], b"hello").await;
        assert_status(&reply, 201);
        assert_eq!(inbox(&mut visitor).await.pop(), Some(noted(path, b"hello")), "{metadata}");
    }
    assert_status(&client.post(&[("upload-length", "5"), BYTES], b"hello").await, 201);
    assert_eq!(inbox(&mut visitor).await.pop(), Some(noted("file", b"hello")));
}

#[tokio::test]
async fn an_upload_says_when_it_expires_and_does() {
    let app = app();
    let visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let reply = client.post(&[NAMED, ("upload-length", "5")], b"").await;
    let expires = httpdate::parse_http_date(reply.header("upload-expires")).expect("a date");
    let left = expires.duration_since(SystemTime::now()).expect("a time to come");
    let day = Duration::from_secs(24 * 60 * 60);
    assert!(left <= day && left > day - Duration::from_secs(60), "{left:?}");

    let app = app_with(|kit| kit.partial_ttl(Duration::ZERO));
    let visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-length", "5")]).await;
    assert_status(&client.head(&url).await, 404);
    assert_status(&client.patch(&url, 0, &[], b"hello").await, 404);
}

#[tokio::test]
async fn bytes_with_a_wrong_checksum_are_thrown_away() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-length", "10")]).await;
    let sha256 = format!("sha256 {}", STANDARD.encode(Sha256::digest(b"hello")));
    // The digest of `hello` by SHA-1.
    let sha1 = "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=";

    let wrong = client.patch(&url, 0, &[("upload-checksum", sha1)], b"hallo").await;
    assert_status(&wrong, 460);
    assert_eq!(client.head(&url).await.header("upload-offset"), "0");
    assert_status(&client.patch(&url, 0, &[("upload-checksum", "crc9 AAAA")], b"hello").await, 400);
    assert_status(&client.patch(&url, 0, &[("upload-checksum", sha1)], b"hello").await, 204);
    assert_status(&client.patch(&url, 5, &[("upload-checksum", &sha256)], b"hallo").await, 460);
    assert_eq!(client.head(&url).await.header("upload-offset"), "5");
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
    assert_status(&client.patch(&url, 5, &[("upload-checksum", &sha256)], b"hello").await, 204);

    // With the first bytes as well: the upload is there, and empty.
    let begun = client.post(&[NAMED, BYTES, ("upload-length", "5"), ("upload-checksum", sha1)], b"hallo").await;
    assert_status(&begun, 460);
    let begun = client.post(&[NAMED, BYTES, ("upload-length", "5"), ("upload-checksum", sha1)], b"hello").await;
    assert_status(&begun, 201);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"hellohello"), noted("a.bin", b"hello")]);
}

#[tokio::test]
async fn an_upload_can_be_ended() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-length", "10")]).await;
    assert_status(&client.patch(&url, 0, &[], b"hello").await, 204);
    assert_status(&client.send("DELETE", &url, &[], b"").await, 204);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
    assert_status(&client.head(&url).await, 404);
    assert_status(&client.patch(&url, 5, &[], b"world").await, 404);
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
}

#[tokio::test]
async fn one_file_is_put_together_from_several_uploads() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let mut parts = Vec::new();
    for piece in ["one, ", "", "two, ", "three"] {
        let length = piece.len().to_string();
        let url = client.post(&[("upload-concat", "partial"), ("upload-length", &length)], b"").await;
        assert_status(&url, 201);
        let url = location(&url);
        assert_eq!(client.head(&url).await.header("upload-concat"), "partial");
        if !piece.is_empty() {
            assert_status(&client.patch(&url, 0, &[], piece.as_bytes()).await, 204);
        }
        parts.push(url);
    }
    assert_eq!(inbox(&mut visitor).await, [""; 0], "a part is no file");

    // Clients name uploads as they have asked for them.
    let list = format!("final;{} http://filekit.test{} {} {}", parts[0], parts[1], parts[2], parts[3]);
    let made = client.post(&[NAMED, ("upload-concat", &list)], b"").await;
    assert_status(&made, 201);
    let whole = location(&made);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"one, two, three")]);
    let head = client.head(&whole).await;
    assert_eq!([head.header("upload-offset"), head.header("upload-length")], ["15", "15"]);
    assert_eq!(head.header("upload-concat"), list);
    assert_status(&client.patch(&whole, 15, &[], b"!").await, 403);

    // The same again, from a client that lost the answer, is the same file.
    let again = client.post(&[NAMED, ("upload-concat", &list)], b"").await;
    assert_status(&again, 201);
    assert_eq!(location(&again), whole);
    assert_eq!(inbox(&mut visitor).await.len(), 1);
}

#[tokio::test]
async fn only_uploads_that_are_there_are_put_together() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let whole = client.create(&[("upload-length", "5")]).await;
    let reply = client.post(&[("upload-concat", "partial"), ("upload-length", "5")], b"").await;
    let unfinished = location(&reply);
    let other = app.visitor().await;
    let others = Client::new(&app, &other);
    let reply = others.post(&[("upload-concat", "partial"), BYTES, ("upload-length", "5")], b"hello").await;
    let of_another = location(&reply);
    for (urls, status) in [(&whole, 400), (&unfinished, 400), (&of_another, 404), (&format!("{whole}x"), 404)] {
        let reply = client.post(&[NAMED, ("upload-concat", &format!("final;{urls}"))], b"").await;
        assert_status(&reply, status);
    }
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
}

#[tokio::test]
async fn methods_that_a_client_does_not_have_can_be_named() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    let url = client.create(&[("upload-length", "5")]).await;
    let patch = ("x-http-method-override", "PATCH");
    assert_status(&client.send("POST", &url, &[patch, BYTES, ("upload-offset", "0")], b"hello").await, 204);
    let head = client.send("POST", &url, &[("x-http-method-override", "HEAD")], b"").await;
    assert_eq!(head.header("upload-offset"), "5");
    assert_status(&client.send("POST", &url, &[("x-http-method-override", "DELETE")], b"").await, 204);
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"hello")]);
}

#[tokio::test]
async fn another_version_is_refused_with_the_one_that_is_spoken() {
    let app = app();
    let visitor = app.visitor().await;
    let sender = Sender::new(&app);
    let url = endpoint(&visitor, "any");
    for fields in [&[("tus-resumable", "0.2.2"), ("upload-length", "5")][..], &[BYTES, ("upload-length", "5")]] {
        let reply = sender.send("POST", &url, fields, "").await;
        assert_status(&reply, 412);
        assert_eq!(reply.header("tus-version"), "1.0.0");
    }
}

#[tokio::test]
async fn what_the_event_or_the_rules_refuse_is_no_upload_any_more() {
    let app = app();
    let mut visitor = app.visitor().await;
    let client = Client::new(&app, &visitor);
    for (metadata, status, words) in [
        // `unwanted.txt`, `broken.txt`
        ("filename dW53YW50ZWQudHh0", 422, "Not this one."),
        ("filename YnJva2VuLnR4dA==", 500, "Something went wrong on the server."),
    ] {
        let url = client.post(&[("upload-metadata", metadata), ("upload-length", "5")], b"").await;
        let url = location(&url);
        let reply = client.patch(&url, 0, &[], b"hello").await;
        assert_status(&reply, status);
        assert!(reply.text().contains(words), "{}", reply.text());
        assert!(!reply.text().contains("secret"), "{}", reply.text());
        // tus-js-client takes an upload whose bytes are all there for one that has succeeded.
        let head = client.head(&url).await;
        assert!(head.status().is_client_error(), "{}", head.status());
    }
    let papers = Client { endpoint: endpoint(&visitor, "papers-only"), ..client };
    // `a.png`
    let url = papers.post(&[("upload-metadata", "filename YS5wbmc="), ("upload-length", "8")], b"").await;
    if url.status() == StatusCode::CREATED {
        let url = location(&url);
        assert_status(&papers.patch(&url, 0, &[], b"\x89PNG\r\n\x1a\n").await, 415);
        assert_status(&papers.head(&url).await, 404);
    } else {
        assert_status(&url, 415);
    }
    assert_status(&papers.post(&[NAMED, ("upload-length", "20000001")], b"").await, 413);
    assert_status(&papers.post(&[NAMED, ("upload-length", "1")], b"").await, 422);
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}
