//! A client that writes to the socket itself: nothing of what it says is added or left out by a library.

use std::net::SocketAddr;

use filekit_tests::{Connection, in_time};
use serde_json::Value;

pub(super) const PART: &str = "Content-Type: application/partial-upload\r\n";
pub(super) const MORE: &str = "Upload-Complete: ?0\r\n";
pub(super) const LAST: &str = "Upload-Complete: ?1\r\n";
pub(super) const NAMED: &str = "Content-Disposition: inline; filename=\"a.bin\"\r\n";

/// An answer as it came, with everything that stood before it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    fields: Vec<(String, String)>,
    pub(super) body: String,
    /// Answers that came before.
    pub(super) interim: Vec<Answer>,
}

impl Answer {
    /// Reads what a connection brought until its end.
    pub(super) fn read(mut text: &str) -> Self {
        let mut interim = Vec::new();
        loop {
            let (head, rest) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
            let (line, fields) = head.split_once("\r\n").unwrap_or((head, ""));
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
            let fields = fields.lines().filter_map(|line| line.split_once(": "));
            let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
            let answer = Self { status, fields, body: rest.to_owned(), interim: Vec::new() };
            if status >= 200 {
                return Self { interim, ..answer };
            }
            interim.push(Self { body: String::new(), ..answer });
            text = rest;
        }
    }

    pub(super) fn field(&self, name: &str) -> &str {
        let mut found = self.fields.iter().filter(|(known, _)| known == name);
        let value = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} stands twice: {self:?}");
        value
    }

    pub(super) fn location(&self) -> String {
        let location = self.field("location");
        assert!(location.starts_with('/'), "{self:?}");
        location.to_owned()
    }

    pub(super) fn problem(&self) -> Value {
        assert_eq!(self.field("content-type"), "application/problem+json", "{self:?}");
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// Checks the status and what the answer says of the upload: whether it is complete, and its offset.
    #[track_caller]
    pub(super) fn assert(&self, status: u16, complete: &str, offset: &str) {
        let said = (self.status, self.field("upload-complete"), self.field("upload-offset"));
        assert_eq!(said, (status, complete, offset), "{self:?}");
    }
}

/// A client that speaks one version of the draft, or none.
#[derive(Clone, Copy)]
pub(super) struct Client {
    pub(super) address: SocketAddr,
    pub(super) version: &'static str,
}

/// What stands in the requests of a client that speaks no version, 6, or 8.
pub(super) const VERSIONS: [&str; 3] =
    ["", "Upload-Draft-Interop-Version: 6\r\n", "Upload-Draft-Interop-Version: 8\r\n"];

impl Client {
    pub(super) async fn send(self, method: &str, url: &str, fields: &str, body: &[u8]) -> Answer {
        let length = format!("Content-Length: {}\r\n", body.len());
        let length = if matches!(method, "HEAD" | "GET" | "DELETE") { "" } else { &length };
        self.send_unmeasured(method, url, &format!("{fields}{length}"), body).await
    }

    /// Sends a request as it is written here.
    pub(super) async fn send_unmeasured(self, method: &str, url: &str, fields: &str, body: &[u8]) -> Answer {
        let mut connection = Connection::open(self.address).await;
        let Self { address, version } = self;
        let head = format!("{method} {url} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{version}{fields}\r\n");
        connection.send(&[head.as_bytes(), body].concat()).await;
        Answer::read(&in_time("an answer", connection.read_to_end()).await)
    }

    /// Begins an upload, and returns its URL.
    pub(super) async fn create(self, url: &str, fields: &str) -> String {
        let created = self.send("POST", url, &format!("{NAMED}{MORE}{fields}"), b"").await;
        created.assert(201, "?0", "0");
        created.location()
    }

    pub(super) async fn append(self, url: &str, offset: usize, fields: &str, body: &[u8]) -> Answer {
        self.send("PATCH", url, &format!("{PART}Upload-Offset: {offset}\r\n{fields}"), body).await
    }

    pub(super) async fn head(self, url: &str) -> Answer {
        self.send("HEAD", url, "", b"").await
    }

    pub(super) fn is_old(self) -> bool {
        self.version.contains('6')
    }
}
