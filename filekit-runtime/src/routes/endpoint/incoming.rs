//! The body of a request to an endpoint, and the digest that it should have.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use futures_util::TryStreamExt as _;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};

use super::digest::{ExpectedDigest, RunningDigest};
use crate::incoming::incoming;
use crate::upload::IncomingBody;

/// The body of a request.
#[derive(Debug)]
pub(super) struct Incoming {
    body: IncomingBody,
    length: Option<u64>,
    digest: Option<SharedDigest>,
}

/// The digest of what has been read of a body.
#[derive(Clone, Debug)]
pub(super) struct SharedDigest(Arc<Mutex<RunningDigest>>);

impl Incoming {
    /// The body of a request, of which at most `limit` bytes are handed on.
    pub(super) fn new(headers: &HeaderMap, body: Body, limit: u64, digest: Option<&ExpectedDigest>) -> Self {
        let digest = digest.map(|digest| SharedDigest(Arc::new(Mutex::new(digest.clone().begin()))));
        let body = match digest.clone() {
            Some(digest) => Body::from_stream(body.into_data_stream().inspect_ok(move |piece| digest.update(piece))),
            None => body,
        };
        Self { body: incoming(headers, body, limit), length: length(headers), digest }
    }

    /// A body without content.
    pub(super) fn empty() -> Self {
        Self::new(&HeaderMap::new(), Body::empty(), 0, None)
    }

    pub(super) fn body(&self) -> &IncomingBody {
        &self.body
    }

    /// How many bytes it has, if its head says so.
    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    pub(super) fn digest(&self) -> Option<SharedDigest> {
        self.digest.clone()
    }

    /// Lets the sender see the answer, whether all of it was read or not.
    pub(super) fn end(&self) {
        if !self.body.is_complete() {
            self.body.refuse();
        }
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    match headers.get(CONTENT_LENGTH) {
        Some(length) => length.to_str().ok()?.parse().ok(),
        // RFC 9112, section 6.3: without either there is no body.
        None => (!headers.contains_key(TRANSFER_ENCODING)).then_some(0),
    }
}

impl SharedDigest {
    fn update(&self, bytes: &[u8]) {
        // Nothing that holds the lock can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    pub(super) fn matches(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().matches()
    }
}
