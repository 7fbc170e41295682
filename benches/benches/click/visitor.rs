//! Who clicks: a connection that sends what the page's script would, and reads what it is answered.

use std::io::{self, Write as _};
use std::net::TcpStream;

use benches::message::{Head, answer, between};

/// A visitor of a page of filekit, who clicks on one thing again and again.
pub(crate) struct Visitor {
    connection: TcpStream,
    address: String,
    path: &'static str,
    cookie: String,
    capability: String,
    /// The page instance, with what stands before its version.
    instance: String,
    version: u64,
    clicks: u64,
}

impl Visitor {
    /// Opens a page; they click on what the text `near` stands in front of.
    pub(crate) fn open(address: &str, path: &'static str, near: &str) -> Self {
        let mut connection = TcpStream::connect(address).expect("a connection");
        connection.set_nodelay(true).expect("a connection");
        write!(connection, "GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n").expect("a connection");
        let (head, page) = answer(&mut connection).expect("a page");
        let cookie = head.field("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
        let instance = between(&page, "data-filekit-instance=\"", "\"").expect("a page of filekit");
        let (instance, version) = instance.rsplit_once('.').expect("an instance with a version");
        let behind = page.split_once(near).expect("what to click on").1;
        let capability = between(behind, "{\"event\":\"", "\"").or_else(|| between(behind, "value=\"", "\""));
        follow(address, path, cookie, &format!("{instance}.{version}")).expect("a page that follows");
        Self {
            address: address.to_owned(),
            path,
            cookie: cookie.to_owned(),
            capability: capability.expect("an event on the page").to_owned(),
            instance: instance.to_owned(),
            version: version.parse().expect("a version"),
            clicks: 0,
            connection,
        }
    }

    /// Clicks, and returns how many bytes are answered. `arguments` are what the browser evaluates, as JSON.
    pub(crate) fn click(&mut self, arguments: &str) -> usize {
        self.clicks += 1;
        let Self { path, instance, version, capability, clicks, .. } = self;
        let call = format!(
            r#"{{"page":"{path}","instance":"{instance}.{version}","once":{clicks},"capability":"{capability}","arguments":{arguments}}}"#
        );
        let Self { connection, address, cookie, .. } = self;
        let request = format!(
            "POST /_filekit/event HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/json\r\naccept: application/json, application/x-ndjson\r\ncookie: {cookie}\r\n\
             content-length: {}\r\n\r\n{call}",
            call.len(),
        );
        connection.write_all(request.as_bytes()).expect("a connection");
        let (head, text) = answer(connection).expect("an answer");
        assert_eq!(head.status(), "200", "{text}");
        // Where a store lies between, the connection that follows the page may have told the change before.
        let before = std::mem::replace(&mut self.version, version_of(&text));
        assert!(self.version > before, "nothing has changed: {text}");
        text.len()
    }
}

/// Somebody who sends requests as long as a click's.
pub(crate) struct Sender {
    connection: TcpStream,
    request: String,
}

impl Sender {
    pub(crate) fn open(address: &str) -> Self {
        let connection = TcpStream::connect(address).expect("a connection");
        connection.set_nodelay(true).expect("a connection");
        let body = "x".repeat(250);
        let head = format!("POST / HTTP/1.1\r\nhost: {address}\r\naccept: */*\r\ncontent-type: text/plain\r\n");
        let cookie = format!("cookie: session={}", "x".repeat(80));
        let request = format!("{head}{cookie}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        Self { connection, request }
    }

    /// Sends a request, and returns how many bytes are answered.
    pub(crate) fn send(&mut self) -> usize {
        self.connection.write_all(self.request.as_bytes()).expect("a connection");
        answer(&mut self.connection).expect("an answer").1.len()
    }
}

/// The version that the page has by an answer.
fn version_of(text: &str) -> u64 {
    let version = between(text, "\"version\":", ",").map(|version| version.trim_end_matches('}'));
    version.and_then(|version| version.parse().ok()).expect("a version")
}

/// Follows the page, as its document does: what comes is read and dropped, until the server ends.
fn follow(address: &str, path: &str, cookie: &str, instance: &str) -> io::Result<()> {
    let mut connection = TcpStream::connect(address)?;
    let path = path.replace('/', "%2F");
    write!(
        connection,
        "GET /_filekit/live?page={path}&instance={instance} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\
         sec-fetch-site: same-origin\r\n\r\n"
    )?;
    let head = Head::read(&mut connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    assert_eq!(head.status(), "200");
    std::thread::spawn(move || io::copy(&mut connection, &mut io::sink()));
    Ok(())
}
