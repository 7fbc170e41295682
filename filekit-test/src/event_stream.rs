//! Server-Sent Events, as far as filekit sends them: the data of each event is one line of JSON.

use std::sync::{Mutex, PoisonError};

use filekit::axum::body::{Body, BodyDataStream};
use futures_util::StreamExt as _;
use serde_json::Value;

/// The end of each part of the stream.
const END: &[u8] = b"\n\n";

/// A part of the stream that the page hears of.
#[derive(Debug, PartialEq)]
pub(crate) enum StreamPart {
    /// The connection is there, and nothing has changed.
    Heartbeat,
    Message(Value),
}

/// The events that arrive over one connection, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct EventStream {
    /// Never locked: the lock only makes the page `Sync`, which a body is not.
    body: Mutex<BodyDataStream>,
    /// The bytes that have arrived and are not read yet.
    arrived: Vec<u8>,
}

impl EventStream {
    pub(crate) fn new(body: Body) -> Self {
        Self { body: Mutex::new(body.into_data_stream()), arrived: Vec::new() }
    }

    /// Waits for the next part; `None` if the connection has ended.
    pub(crate) async fn next(&mut self) -> Option<StreamPart> {
        loop {
            while let Some(text) = self.take_text() {
                if let Some(part) = part(&text) {
                    return Some(part);
                }
            }
            let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
            // Whether it ends or breaks off is the same to a browser.
            self.arrived.extend_from_slice(&body.next().await?.ok()?);
        }
    }

    /// Takes the text of the next part, if it is whole.
    fn take_text(&mut self) -> Option<String> {
        let end = self.arrived.windows(END.len()).position(|bytes| bytes == END)? + END.len();
        let text = String::from_utf8_lossy(&self.arrived[..end]).into_owned();
        self.arrived.drain(..end);
        Some(text)
    }
}

/// Reads a part; `None` for one that is for the browser alone.
fn part(text: &str) -> Option<StreamPart> {
    if text.starts_with(':') {
        return Some(StreamPart::Heartbeat);
    }
    let data = text.lines().find_map(|line| line.strip_prefix("data: "))?;
    let message = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error} in what has arrived: {data}"));
    Some(StreamPart::Message(message))
}

#[cfg(test)]
mod tests {
    use filekit::axum::body::Bytes;
    use futures_util::stream;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn parts_are_read_however_their_bytes_arrive() {
        let text = "retry: 1000\n\n:\n\ndata: {\"a\":\"ä\\n\"}\n\ndata: {\"lost\":";
        let pieces = text.as_bytes().iter().map(|byte| Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[*byte])));
        let pieces: Vec<_> = pieces.collect();
        for body in [Body::from(text), Body::from_stream(stream::iter(pieces))] {
            let mut events = EventStream::new(body);
            assert_eq!(events.next().await, Some(StreamPart::Heartbeat));
            assert_eq!(events.next().await, Some(StreamPart::Message(json!({ "a": "ä\n" }))));
            assert_eq!(events.next().await, None);
        }
    }
}
