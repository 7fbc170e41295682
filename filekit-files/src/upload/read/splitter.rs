//! Where parts begin and end: multer, which is handed a piece of a body whenever it can do no more without. What is done with
//! the parts is `part_reader.rs`.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use memchr::memmem;
use multer::{Field, Multipart};

use crate::error::FileRejection;

/// The most fields in a head that multer 3.1.0 takes (`constants.rs`). Real senders write four.
pub(super) const MAX_FIELDS: usize = 32;

/// Splits a body into its parts.
///
/// multer 3.1.0 reads from its source until that is not ready, each time before it looks at what it has (`buffer.rs`). A source
/// that always is, such as a body in memory or a quick network, would be held as a whole. So it never reads by itself here: its
/// source is a hatch, in which lies what it was given last, or nothing, and it is called at once and never waited for.
#[derive(Debug)]
pub(super) struct Splitter {
    boundary: String,
    multipart: Multipart<'static>,
    /// The part at hand.
    part: Option<Field<'static>>,
    hatch: Hatch,
}

impl Splitter {
    /// For a body whose first delimiter comes first.
    pub(super) fn new(boundary: &str) -> Self {
        let hatch = Hatch::default();
        let source = hatch.clone();
        let source = stream::poll_fn(move |_| source.take().map(|bytes| Some(Ok::<_, Infallible>(bytes))));
        Self { boundary: boundary.to_owned(), multipart: Multipart::new(source, boundary), part: None, hatch }
    }

    /// Begins anew behind the head of a part, as if another one had stood there, and without what was given.
    ///
    /// # Errors
    ///
    /// None, as far as is known.
    pub(super) fn replace_head(&mut self) -> Result<(), FileRejection> {
        *self = Self::new(&self.boundary);
        self.give(format!("--{}\r\nContent-Disposition: form-data\r\n\r\n", self.boundary).into());
        self.next_part().map(drop)
    }

    /// Hands over the next bytes. It must have been without any.
    pub(super) fn give(&mut self, bytes: Bytes) {
        self.hatch.put(bytes);
    }

    /// Goes to the next part, and tells whether there is one. The one at hand must have been read, and a head that it
    /// [takes] must follow.
    ///
    /// # Errors
    ///
    /// None, as far as is known.
    pub(super) fn next_part(&mut self) -> Result<Poll<bool>, FileRejection> {
        let Some(part) = self.multipart.next_field().now_or_never() else { return Ok(Poll::Pending) };
        self.part = part.map_err(contradiction)?;
        Ok(Poll::Ready(self.part.is_some()))
    }

    /// The next piece of the part at hand, which may be empty; nothing at its end.
    ///
    /// # Errors
    ///
    /// None, as far as is known.
    pub(super) fn piece(&mut self) -> Result<Poll<Option<Bytes>>, FileRejection> {
        let Some(part) = &mut self.part else { return Ok(Poll::Ready(None)) };
        let Some(piece) = part.chunk().now_or_never() else { return Ok(Poll::Pending) };
        let piece = piece.map_err(contradiction)?;
        if piece.is_none() {
            // It stands in the way of the next one.
            self.part = None;
        }
        Ok(Poll::Ready(piece))
    }
}

/// multer says something else of a body than what was read beside it. No body is known to bring that about; fuzz targets look for
/// one.
pub(super) fn contradiction(reason: impl fmt::Display) -> FileRejection {
    debug_assert!(false, "{reason}");
    FileRejection::malformed(reason)
}

/// What multer is given next.
#[derive(Clone, Default)]
struct Hatch(Arc<Mutex<Option<Bytes>>>);

impl Hatch {
    fn put(&self, bytes: Bytes) {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(bytes);
        debug_assert!(before.is_none(), "multer did not ask for more");
    }

    /// Not ready when there is nothing: that is when multer leaves off.
    fn take(&self) -> Poll<Bytes> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        bytes.map_or(Poll::Pending, Poll::Ready)
    }
}

impl fmt::Debug for Hatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Hatch").finish_non_exhaustive()
    }
}

/// Whether multer 3.1.0 takes this head of a part, which has been found well-formed. It has room for so many fields, and makes
/// them `HeaderValue`s, in which control characters have no place (`helpers.rs`). In names of files they have: browsers send them
/// as they are, but for line breaks.
pub(super) fn takes(head: &[u8]) -> bool {
    let lines = memmem::find_iter(head, b"\r\n").count();
    let is_control = |byte: &u8| byte.is_ascii_control() && !b"\t\r\n".contains(byte);
    // Before the fields there is the line of the delimiter, and behind them an empty one.
    lines <= MAX_FIELDS + 2 && !head.iter().any(is_control)
}
