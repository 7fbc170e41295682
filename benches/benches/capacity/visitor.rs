//! Who clicks and uploads: connections that send what the page's script would, and read what they are answered.

use std::io::Write as _;
use std::net::TcpStream;

use benches::message::{answer, between};

/// Which server a request goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Routing {
    /// All of a visitor to one.
    Sticky,
    /// Each to the next one.
    Any,
}

/// A visitor of the page.
pub(crate) struct Visitor {
    connections: Vec<TcpStream>,
    address: String,
    cookie: String,
    annotate: String,
    keep: String,
    /// The page instance, with what stands before its version.
    instance: String,
    version: u64,
    requests: usize,
    /// The server that comes next, and the one after.
    next: usize,
    routing: Routing,
}

impl Visitor {
    pub(crate) fn open(addresses: &[&str], nth: usize, routing: Routing) -> Self {
        let connect = |address: &&str| {
            let connection = TcpStream::connect(address).expect("a connection");
            connection.set_nodelay(true).expect("a connection");
            connection
        };
        let mut connections: Vec<TcpStream> = addresses.iter().map(connect).collect();
        let (address, next) = (addresses[0], nth % connections.len());
        write!(connections[next], "GET / HTTP/1.1\r\nhost: {address}\r\n\r\n").expect("a connection");
        let (head, page) = answer(&mut connections[next]).expect("a page");
        let cookie = head.field("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
        let instance = between(&page, "data-filekit-instance=\"", "\"").expect("a page of filekit");
        let (instance, version) = instance.rsplit_once('.').expect("an instance with a version");
        let capability = |near: &str| {
            let behind = page.split_once(near).expect("what to click on").1;
            between(behind, "{\"event\":\"", "\"").expect("an event on the page").to_owned()
        };
        Self {
            address: address.to_owned(),
            cookie: cookie.to_owned(),
            annotate: capability("data-filekit-on-change="),
            keep: capability("data-filekit-on-click="),
            instance: instance.to_owned(),
            version: version.parse().expect("a version"),
            requests: 0,
            next,
            routing,
            connections,
        }
    }

    /// Changes the note.
    pub(crate) fn click(&mut self, note: &str) {
        let call = self.call(&self.annotate, &format!("[\"{note}\"]"));
        self.send("/_filekit/event", "application/json", "", call.as_bytes());
    }

    /// Uploads a file, small enough to go at once.
    pub(crate) fn upload(&mut self, content: &[u8]) {
        let call = self.call(&self.keep, "[null]");
        let name = format!("scan {}.bin", self.requests);
        let plan = format!(
            r#"{{"call":{call},"files":[{{"upload":"files","name":"{name}","size":{},"modified":1764378524000}}]}}"#,
            content.len()
        );
        let body = [plan.as_bytes(), b"\n", content].concat();
        self.send("/_filekit/upload", "application/vnd.filekit.plan", "upload-complete: ?1\r\n", &body);
    }

    fn call(&self, capability: &str, arguments: &str) -> String {
        let Self { instance, version, requests, .. } = self;
        format!(
            r#"{{"page":"/","instance":"{instance}.{version}","once":{requests},"capability":"{capability}","arguments":{arguments}}}"#
        )
    }

    fn send(&mut self, path: &str, media: &str, fields: &str, body: &[u8]) {
        let Self { address, cookie, .. } = self;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\nsec-fetch-site: same-origin\r\n\
             content-type: {media}\r\naccept: application/json, application/x-ndjson\r\ncookie: {cookie}\r\n{fields}\
             content-length: {}\r\n\r\n",
            body.len(),
        );
        let connection = &mut self.connections[self.next];
        connection.write_all(&[head.as_bytes(), body].concat()).expect("a connection");
        let (head, text) = answer(connection).expect("an answer");
        assert!(["200", "201"].contains(&head.status()), "{} {text}", head.status());
        let version = between(&text, "\"version\":", ",").expect("a version");
        self.version = version.trim_end_matches('}').parse().expect("a version");
        self.requests += 1;
        if self.routing == Routing::Any {
            self.next = (self.next + 1) % self.connections.len();
        }
    }
}
