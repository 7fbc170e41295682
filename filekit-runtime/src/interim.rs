//! Interim answers: what a client is told before the answer of its request. The stream that brings them is
//! `app/listen/interim_stream.rs`; other servers bring none.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::HeaderMap;

/// Brings interim answers to the client of one request, as long as that is not answered. It stands in the extensions of a request
/// whose server can bring them.
#[derive(Clone, Debug)]
pub(crate) struct InterimAnswers {
    connection: InterimQueue,
    /// The number of the request on its connection.
    request: u64,
}

/// The interim answers of a connection that are not written yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct InterimQueue(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    requests: u64,
    /// Whether the last of the requests is without an answer.
    is_open: bool,
}

impl InterimQueue {
    /// Begins a request.
    pub(crate) fn begin(&self) -> InterimAnswers {
        let mut queue = self.held();
        queue.requests += 1;
        queue.is_open = true;
        InterimAnswers { connection: self.clone(), request: queue.requests }
    }

    /// Ends the request at hand, which is answered from here on: what is not written is too late.
    pub(crate) fn end(&self) {
        let mut queue = self.held();
        queue.is_open = false;
        queue.bytes.clear();
    }

    /// Takes what is to be written.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.held().bytes)
    }

    /// Nothing that holds the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InterimAnswers {
    /// Sends an interim answer, and returns whether that is still possible.
    pub(crate) fn send(&self, status: u16, reason: &str, headers: &HeaderMap) -> bool {
        let mut head = format!("HTTP/1.1 {status} {reason}\r\n");
        for (name, value) in headers {
            // Writing to a `String` cannot fail.
            let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
        }
        head.push_str("\r\n");
        let mut queue = self.connection.held();
        let is_at_hand = queue.is_open && queue.requests == self.request;
        if is_at_hand {
            queue.bytes.extend_from_slice(head.as_bytes());
        }
        is_at_hand
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interim_answer_comes_before_the_answer_of_its_request() {
        let queue = InterimQueue::default();
        let first = queue.begin();
        let headers = HeaderMap::from_iter([("upload-offset".parse().unwrap(), "5".parse().unwrap())]);
        assert!(first.send(104, "Upload Resumption Supported", &headers));
        assert_eq!(queue.take(), b"HTTP/1.1 104 Upload Resumption Supported\r\nupload-offset: 5\r\n\r\n");
        assert!(first.send(104, "", &headers));
        queue.end();
        assert_eq!(queue.take(), b"", "the answer has begun");
        assert!(!first.send(104, "", &headers));
        let second = queue.begin();
        assert!(!first.send(104, "", &headers), "another request is at hand");
        assert!(second.send(104, "", &headers));
    }
}
