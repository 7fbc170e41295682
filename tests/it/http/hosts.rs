//! Names that lead to the server without being its own, and what a proxy in front says of https.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use filekit::prelude::*;
use filekit_tests::{Connection, Log, Server, TestApp, UploadDir, Visitor};

#[state]
#[derive(Default)]
struct Bell {
    rung: u32,
}

#[state]
impl Bell {
    #[event]
    fn ring(&mut self) {
        self.rung += 1;
    }
}

async fn page(bell: Current<Bell>) -> View {
    view![p("Rung ", bell.rung), button(on_click = Bell::ring, "Ring")]
}

fn pages() -> Router {
    Router::new().route("/", get(page))
}

/// What the server answers to `GET /` with these fields, as they stand in the request.
async fn status_of(server: &Server, fields: &str) -> String {
    let mut connection = Connection::open(server.address()).await;
    connection.send(format!("GET / HTTP/1.1\r\n{fields}Connection: close\r\n\r\n").as_bytes()).await;
    let answer = connection.read_to_end().await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_name_of_a_stranger_that_leads_to_a_loopback_address_reads_nothing() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let port = server.address().port();
    for (fields, status) in [
        (format!("Host: localhost:{port}\r\n"), "200"),
        (format!("Host: LOCALHOST.:{port}\r\n"), "200"),
        (format!("Host: 127.0.0.1:{port}\r\n"), "200"),
        ("Host: app.localhost\r\n".to_owned(), "200"),
        ("Host: evil.example\r\n".to_owned(), "421"),
        (format!("Host: localhost.evil.example:{port}\r\n"), "421"),
        (format!("Host: evil.example@localhost:{port}\r\n"), "400"),
        ("Host: \r\n".to_owned(), "400"),
        (String::new(), "400"),
        (format!("Host: localhost:{port}\r\nHost: evil.example\r\n"), "400"),
        (format!("Host: localhost:{port}\r\nHost: localhost:{port}\r\n"), "400"),
    ] {
        assert_eq!(status_of(&server, &fields).await, status, "{fields:?}");
    }
    assert!(server.log().contains("FILEKIT_HOSTS"), "{}", server.log());
}

#[tokio::test]
async fn a_server_that_everybody_reaches_warns_once_if_its_names_were_not_said() {
    let files = UploadDir::new();
    let server = Server::start_again(Server::upload(), &files, ([0, 0, 0, 0], 0).into()).await;
    assert_eq!(status_of(&server, "Host: files.example.org\r\n").await, "200");
    assert_eq!(status_of(&server, "").await, "400");
    assert_eq!(server.log().matches("under any host name").count(), 1, "{}", server.log());
}

#[tokio::test]
async fn only_hosts_that_were_named_are_answered_whatever_is_asked_for() {
    let app = TestApp::with(pages(), |kit| kit.hosts(["filekit.test", "*.tenants.test:81"]));
    let mut visitor = app.visitor().await;
    let event = || visitor.event(&visitor.call_of("Ring"));
    let get = |path: &str| Request::get(path).body(Body::empty()).expect("a request");
    let requests = [get("/"), get("/nowhere"), get("/_filekit/client.js"), get("/_upload/a.txt"), event()];
    for mut request in requests {
        let uri = request.uri().to_string();
        for host in ["evil.example", "filekit.test.evil.example", "tenants.test:81", "a.tenants.test"] {
            let mut refused = Request::builder().method(request.method().clone()).uri(request.uri().clone());
            *refused.headers_mut().expect("a request") = request.headers().clone();
            refused.headers_mut().expect("a request").insert(header::HOST, host.parse().expect("a host"));
            let reply = visitor.send(refused.body(Body::empty()).expect("a request")).await;
            assert_eq!(reply.status(), StatusCode::MISDIRECTED_REQUEST, "{uri} {host}");
        }
        request.headers_mut().append(header::HOST, "filekit.test".parse().expect("a host"));
        request.headers_mut().append(header::HOST, "filekit.test".parse().expect("a host"));
        assert_eq!(visitor.send(request).await.status(), StatusCode::BAD_REQUEST, "{uri}");
    }
    for host in ["filekit.test", "b.tenants.test:81"] {
        let request = Request::get("/").header(header::HOST, host).body(Body::empty()).expect("a request");
        assert_eq!(visitor.send(request).await.status(), StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn what_is_no_host_or_proxy_is_said_at_the_start() {
    let files = UploadDir::new();
    let builder = || FileKit::builder().upload_dir(files.path());
    for (built, wrong) in [
        (builder().hosts(["https://a.test"]).build(), "https://a.test"),
        (builder().hosts(["a.test", "*"]).build(), "`*`"),
        (builder().trusted_proxies(["proxy"]).build(), "`proxy`"),
        (builder().trusted_proxies(["10.0.0.0/33"]).build(), "10.0.0.0/33"),
    ] {
        let error = built.expect_err(wrong).to_string();
        assert!(error.contains(wrong), "{error}");
    }
}

/// The cookie of a visitor who comes with these headers.
async fn cookie(app: &TestApp, headers: &[(&'static str, &str)]) -> String {
    let mut visitor = app.stranger();
    for (name, value) in headers {
        visitor.always_send(name, value);
    }
    visitor.get("/").await.header("set-cookie").to_owned()
}

#[tokio::test]
async fn https_is_what_the_program_says_or_a_proxy() {
    let forwarded = [("forwarded", "for=192.0.2.1;proto=https")];
    let x_forwarded = [("x-forwarded-proto", "https")];
    let said: &[&[(&str, &str)]] = &[&[], &forwarded, &x_forwarded];
    for (app, expected) in [
        (TestApp::new(pages()), [false, true, true]),
        (TestApp::with(pages(), |kit| kit.https(true)), [true; 3]),
        (TestApp::with(pages(), |kit| kit.https(false)), [false; 3]),
        // Nobody knows who sends these requests.
        (TestApp::with(pages(), |kit| kit.trusted_proxies(["10.0.0.0/8"])), [false; 3]),
    ] {
        for (headers, is_https) in said.iter().zip(expected) {
            let cookie = cookie(&app, headers).await;
            assert_eq!(cookie.starts_with("__Host-filekit_session_"), is_https, "{headers:?} {cookie}");
            assert_eq!(cookie.ends_with("; Secure"), is_https, "{headers:?} {cookie}");
        }
    }
}

async fn ring_from(visitor: &mut Visitor, origin: &str) -> StatusCode {
    let mut request = visitor.event(&visitor.call_of("Ring"));
    request.headers_mut().insert(header::ORIGIN, origin.parse().expect("an origin"));
    visitor.send(request).await.status()
}

#[tokio::test]
async fn a_proxy_that_does_not_say_https_is_told_of_once_with_the_cure() {
    let log = Log::record();
    let app = TestApp::new(pages());
    let mut visitor = app.visitor().await;
    ring_from(&mut visitor, "http://filekit.test").await;
    ring_from(&mut visitor, "https://elsewhere.test").await;
    assert!(!log.text().contains("https(true)"), "{}", log.text());
    for _ in 0..3 {
        assert_eq!(ring_from(&mut visitor, "https://filekit.test").await, StatusCode::OK);
    }
    assert_eq!(log.text().matches("choose `https(true)`").count(), 1, "{}", log.text());
}
