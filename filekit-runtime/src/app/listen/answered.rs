//! A request on its way through a connection, which is not silent meanwhile. What follows from that is `table.rs`.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::app::listen::table::ConnectionSlot;

/// A request that is answered: until this is dropped, its connection is not silent.
#[derive(Debug)]
pub(super) struct AnsweredRequest(Arc<ConnectionSlot>);

impl AnsweredRequest {
    pub(super) fn new(slot: Arc<ConnectionSlot>) -> Self {
        slot.note_request();
        Self(slot)
    }

    /// The body of the request, which notes when it is awaited.
    pub(super) fn awaiting<B>(&self, body: B) -> AwaitedBody<B> {
        AwaitedBody { body, slot: Arc::clone(&self.0), is_awaited: false }
    }

    /// The body of the answer, at whose end the request is.
    pub(super) fn answered_by(self, body: Body) -> Body {
        Body::new(AnsweringBody { body, _request: self })
    }
}

impl Drop for AnsweredRequest {
    fn drop(&mut self) {
        self.0.note_answer();
    }
}

/// The body of a request.
#[derive(Debug)]
pub(super) struct AwaitedBody<B> {
    body: B,
    slot: Arc<ConnectionSlot>,
    is_awaited: bool,
}

impl<B: HttpBody + Unpin> HttpBody for AwaitedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_pending() != self.is_awaited {
            self.is_awaited = frame.is_pending();
            self.slot.note_awaited(self.is_awaited.then(Instant::now));
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for AwaitedBody<B> {
    fn drop(&mut self) {
        if self.is_awaited {
            self.slot.note_awaited(None);
        }
    }
}

/// The body of an answer.
#[derive(Debug)]
struct AnsweringBody {
    body: Body,
    _request: AnsweredRequest,
}

impl HttpBody for AnsweringBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
