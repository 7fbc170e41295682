//! Reads a body of `multipart/form-data` (RFC 7578): heads of parts, and pieces of what is in them. Where parts begin and end is
//! said by multer, through `splitter.rs`; what a head says is read by `head/`.
//!
//! A frame waits here while multer works on a copy of it, so that the bytes of a head are at hand as they came. What is held is
//! one frame, and before it at most the head of one part.

use std::task::Poll;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::memmem;

use crate::error::FileRejection;
use crate::upload::read::body::{IncomingBody, Pace};
use crate::upload::read::head::PartHead;
use crate::upload::read::splitter::{self, Splitter};

/// How long the head of a part may be, and what stands before the first part.
const MAX_HEAD: usize = 16 * 1024;

/// How much multer is given at a time, and so how large a piece can be: frames from a socket are as large as that, but a body in
/// memory is one frame.
const MAX_GIVEN: usize = 128 * 1024;

/// How much it is given first. What it was given is thrown away where a head has to be kept from it.
const FIRST_GIVEN: usize = 4 * 1024;

/// The end of a line, of a head, and what marks the delimiter that is the last.
const LINE_END: &[u8] = b"\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";
const LAST: &[u8] = b"--";

/// A body, part by part.
#[derive(Debug)]
pub(crate) struct PartReader {
    body: IncomingBody,
    pace: Pace,
    /// What stands before each part and after the last: the end of a line, two dashes and the boundary.
    delimiter: Bytes,
    splitter: Splitter,
    /// What has come, and was neither handed on nor passed over.
    rest: Bytes,
    /// How much of the rest the splitter has.
    given: usize,
    /// How much it is given next.
    next_given: usize,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first part: there may be text, which means nothing (RFC 2046, section 5.1.1).
    Preamble,
    Content,
    Delimiter,
    End,
}

impl PartReader {
    /// The parts of a body, which are divided by `boundary`.
    pub(crate) fn new(body: IncomingBody, boundary: &str) -> Self {
        Self {
            body,
            pace: Pace::default(),
            delimiter: [LINE_END, LAST, boundary.as_bytes()].concat().into(),
            splitter: Splitter::new(boundary),
            // The first delimiter may stand at the very beginning, where no line ends before it.
            rest: Bytes::from_static(LINE_END),
            given: 0,
            next_given: FIRST_GIVEN,
            place: Place::Preamble,
        }
    }

    /// Goes to the next part. What is left of the one at hand is skipped.
    ///
    /// # Errors
    ///
    /// If what follows is no part, or does not come.
    pub(crate) async fn next_part(&mut self) -> Result<Option<PartHead>, FileRejection> {
        self.skip_preamble().await?;
        while self.piece().await?.is_some() {}
        let head = if self.place == Place::End { None } else { self.head().await? };
        let Some(head) = head else {
            self.place = Place::End;
            self.body.complete();
            return Ok(None);
        };
        let parsed = PartHead::parse(&head)?;
        self.pass_head(&head)?;
        self.place = Place::Content;
        Ok(Some(parsed))
    }

    /// The next piece of the part at hand.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        while self.place == Place::Content {
            match self.splitter.piece()? {
                Poll::Ready(Some(piece)) => {
                    self.pass(piece.len());
                    if !piece.is_empty() {
                        return Ok(Some(piece));
                    }
                }
                Poll::Ready(None) => {
                    debug_assert!(self.rest.starts_with(&self.delimiter), "multer has found another delimiter");
                    self.pass(LINE_END.len());
                    self.place = Place::Delimiter;
                }
                Poll::Pending => {
                    if !self.give() {
                        self.read_more().await?;
                    }
                }
            }
        }
        Ok(None)
    }

    /// Goes to the first delimiter. multer 3.1.0 takes the boundary for one wherever it stands in that text, and reads any length
    /// of it (`multipart.rs`), so it does not get to see it.
    async fn skip_preamble(&mut self) -> Result<(), FileRejection> {
        let longest = MAX_HEAD + self.delimiter.len();
        while self.place == Place::Preamble {
            let window = &self.rest[..self.rest.len().min(longest)];
            if let Some(at) = memmem::find(window, &self.delimiter) {
                self.rest.advance(at + LINE_END.len());
                self.place = Place::Delimiter;
            } else if window.len() == longest {
                return Err(FileRejection::malformed("the first part does not begin"));
            } else {
                self.read_more().await?;
            }
        }
        Ok(())
    }

    /// What stands behind the delimiter at hand: the rest of its line, and the head of a part. Nothing if it is the last.
    async fn head(&mut self) -> Result<Option<Bytes>, FileRejection> {
        let begin = self.delimiter.len() - LINE_END.len();
        while self.rest.len() < begin + LAST.len() {
            self.read_more().await?;
        }
        if self.rest[begin..].starts_with(LAST) {
            return Ok(None);
        }
        let mut searched = begin;
        loop {
            let window = &self.rest[..self.rest.len().min(begin + MAX_HEAD)];
            if let Some(at) = memmem::find(&window[searched..], HEAD_END) {
                return Ok(Some(self.rest.slice(begin..searched + at + HEAD_END.len())));
            }
            if window.len() == begin + MAX_HEAD {
                return Err(FileRejection::malformed("the head of a part does not end"));
            }
            searched = begin.max(window.len().saturating_sub(HEAD_END.len() - 1));
            self.read_more().await?;
        }
    }

    /// Lets the splitter go behind the delimiter at hand and the head that follows it.
    fn pass_head(&mut self, head: &Bytes) -> Result<(), FileRejection> {
        let length = self.delimiter.len() - LINE_END.len() + head.len();
        if !splitter::takes(head) {
            self.splitter.replace_head()?;
            self.rest.advance(length);
            (self.given, self.next_given) = (0, FIRST_GIVEN);
            return Ok(());
        }
        loop {
            let is_part = self.splitter.next_part()?;
            if is_part == Poll::Ready(true) {
                break;
            }
            // It has everything that it needs as soon as it has the head.
            if is_part.is_ready() || self.given >= length || !self.give() {
                return Err(splitter::contradiction("multer finds no part where one begins"));
            }
        }
        self.pass(length);
        Ok(())
    }

    /// Gives the splitter more of what has come, if there is more.
    fn give(&mut self) -> bool {
        let until = self.rest.len().min(self.given + self.next_given);
        let more = self.rest.slice(self.given..until);
        if more.is_empty() {
            return false;
        }
        self.splitter.give(more);
        self.given = until;
        self.next_given = MAX_GIVEN.min(2 * self.next_given);
        true
    }

    /// Lets go of bytes that the splitter has let go of.
    fn pass(&mut self, length: usize) {
        self.rest.advance(length);
        self.given -= length;
    }

    /// Waits for the next frame.
    async fn read_more(&mut self) -> Result<(), FileRejection> {
        // A copy, so that the memory of the last frame can be used for the next. It stays where it is while this waits: a
        // reader may stop waiting, and come again.
        self.rest = Bytes::copy_from_slice(&self.rest);
        let frame = self.pace.patiently(self.body.frame()).await??.ok_or(FileRejection::Truncated)?;
        self.pace.keep_up(frame.len())?;
        self.rest = if self.rest.is_empty() {
            frame
        } else {
            let mut joined = BytesMut::from(&*self.rest);
            joined.extend_from_slice(&frame);
            joined.freeze()
        };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum_core::body::Body;
    use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
    use http::HeaderMap;

    use super::*;

    type Part = (PartHead, Vec<u8>);

    fn reader(frames: impl Stream<Item = Bytes> + Send + 'static) -> PartReader {
        let body = Body::from_stream(frames.map(Ok::<_, std::io::Error>)).into_data_stream();
        PartReader::new(IncomingBody::new(&HeaderMap::new(), body, u64::MAX), "x")
    }

    /// Reads a body that comes in frames of `size` bytes.
    async fn read(body: &[u8], size: usize) -> Result<Vec<Part>, FileRejection> {
        let frames: Vec<_> = body.chunks(size).map(Bytes::copy_from_slice).collect();
        let mut reader = reader(stream::iter(frames));
        let mut parts = Vec::new();
        while let Some(head) = reader.next_part().await? {
            let mut content = Vec::new();
            while let Some(piece) = reader.piece().await? {
                content.extend_from_slice(&piece);
            }
            parts.push((head, content));
        }
        Ok(parts)
    }

    fn file(name: &str, file_name: &str, content: &[u8]) -> Part {
        let head = PartHead { name: name.to_owned(), file_name: Some(file_name.to_owned()), content_type: None };
        (head, content.to_owned())
    }

    const BODY: &[u8] = b"\
        --x \t\r\ncontent-disposition: form-data; name=\"a\"; filename=\"1\"\r\n\r\none\r\n\
        --x\r\nContent-Disposition: form-data; name=a; filename=2\r\n\r\n\r\n--\r\n\r\r\n--\r\r\n\
        --x\r\nContent-Disposition: form-data; name=\"b\"; filename=\"3\"\r\n\r\n\r\n\
        --x--\r\nnothing";

    fn parts() -> Vec<Part> {
        vec![file("a", "1", b"one"), file("a", "2", b"\r\n--\r\n\r\r\n--\r"), file("b", "3", b"")]
    }

    #[tokio::test]
    async fn parts_are_the_same_wherever_a_frame_ends() {
        for size in 1..=BODY.len() {
            assert_eq!(read(BODY, size).await.unwrap(), parts(), "frames of {size} bytes");
        }
    }

    #[tokio::test]
    async fn what_stands_before_the_first_part_means_nothing_but_ends() {
        for text in ["\r\n", "this is skipped\r\n", "skipped is --x, and\r\n --x--\r\n"] {
            let body = [text.as_bytes(), BODY].concat();
            for size in 1..=body.len() {
                assert_eq!(read(&body, size).await.unwrap(), parts(), "{text}");
            }
        }
        let longest = [&vec![b'y'; MAX_HEAD - LINE_END.len()], LINE_END, BODY].concat();
        let endless = vec![b'y'; 4 * MAX_HEAD];
        for size in [1024, longest.len()] {
            assert_eq!(read(&longest, size).await.unwrap(), parts());
            assert!(matches!(read(&[b"y", &*longest].concat(), size).await, Err(FileRejection::Malformed { .. })));
            assert!(matches!(read(&endless, size).await, Err(FileRejection::Malformed { .. })));
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_truncated() {
        let end = BODY.len() - "\r\nnothing".len();
        for length in 0..end {
            assert!(matches!(read(&BODY[..length], 8).await, Err(FileRejection::Truncated)), "{length} bytes");
        }
        assert_eq!(read(&BODY[..end], 8).await.unwrap(), parts());
    }

    #[tokio::test]
    async fn a_large_part_comes_in_pieces_that_are_not() {
        let content: Vec<u8> = (0..9 * MAX_GIVEN + 5).map(|number| b"\r\n--y"[number % 5]).collect();
        let body =
            [b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n", &*content, b"\r\n--x--"].concat();
        assert_eq!(read(&body, body.len()).await.unwrap(), [file("a", "b", &content)]);
        let mut reader = reader(stream::iter([body.into()]));
        reader.next_part().await.unwrap();
        while let Some(piece) = reader.piece().await.unwrap() {
            assert!(piece.len() <= MAX_GIVEN + MAX_HEAD);
        }
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_refused() {
        let head = |length| [b"--x\r\n", &*vec![b'y'; length]].concat();
        for size in [1000, 4 * MAX_HEAD] {
            assert!(matches!(read(&head(4 * MAX_HEAD), size).await, Err(FileRejection::Malformed { .. })));
            // The line of the delimiter counts, blanks behind it too.
            assert!(matches!(read(&head(MAX_HEAD - 3), size).await, Err(FileRejection::Truncated)));
            assert!(matches!(read(&head(MAX_HEAD - 2), size).await, Err(FileRejection::Malformed { .. })));
            let blanks = [b"--x", &*vec![b' '; MAX_HEAD]].concat();
            assert!(matches!(read(&blanks, size).await, Err(FileRejection::Malformed { .. })));
        }
    }

    #[tokio::test]
    async fn a_delimiter_that_goes_on_is_none() {
        for body in ["--xy\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x--", "--x-\r\n\r\n"] {
            for size in 1..=body.len() {
                let read = read(body.as_bytes(), size).await;
                assert!(matches!(read, Err(FileRejection::Malformed { .. })), "{body:?}: {read:?}");
            }
        }
    }

    #[tokio::test]
    async fn heads_that_multer_does_not_take_are_read_all_the_same() {
        let disposition = "Content-Disposition: form-data; name=a; filename=";
        let fields = |count| (0..count).map(|number| format!("X-{number}: y\r\n")).collect::<String>();
        let body = [
            format!("--x\r\n{disposition}\"\x01\x1b[1m\x7f\"\r\n\r\none\r\n"),
            format!("--x\r\n{disposition}plain\r\n\r\ntwo\r\n"),
            format!("--x\r\n{}{disposition}many\r\n\r\nthree\r\n", fields(splitter::MAX_FIELDS)),
            format!("--x \r\n{disposition}\"\x08\"\r\n\r\n\r\n"),
            format!("--x\r\n{}{disposition}fewer\r\n\r\n\r\n--\r\n", fields(splitter::MAX_FIELDS - 1)),
            "--x--".to_owned(),
        ];
        let body = body.concat();
        let expected = [
            file("a", "\x01\x1b[1m\x7f", b"one"),
            file("a", "plain", b"two"),
            file("a", "many", b"three"),
            file("a", "\x08", b""),
            file("a", "fewer", b"\r\n--"),
        ];
        for size in 1..=body.len() {
            assert_eq!(read(body.as_bytes(), size).await.unwrap(), expected, "frames of {size} bytes");
        }
    }

    #[tokio::test]
    async fn of_a_source_that_is_always_ready_no_more_is_held_than_a_frame() {
        const PARTS: usize = 10_000;
        const FRAME: usize = 8 * 1024;
        for name in ["a", "\x01"] {
            let part = format!("--x\r\nContent-Disposition: form-data; name={name}\r\n\r\n1\r\n");
            let body = Bytes::from(part.repeat(PARTS) + "--x--");
            let taken = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&taken);
            let frames = (0..body.len()).step_by(FRAME).map(move |at| body.slice(at..body.len().min(at + FRAME)));
            let frames = stream::iter(frames.collect::<Vec<_>>());
            let mut reader = reader(frames.inspect(move |frame| _ = counted.fetch_add(frame.len(), Ordering::Relaxed)));
            for number in 0..PARTS {
                reader.next_part().await.unwrap().expect("a part");
                let ahead = taken.load(Ordering::Relaxed) - number * part.len();
                assert!(ahead <= FRAME + part.len(), "{ahead} bytes are held");
            }
            assert!(reader.next_part().await.unwrap().is_none());
        }
    }

    #[tokio::test]
    async fn a_reader_that_stops_waiting_loses_nothing() {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let mut reader = reader(stream::poll_fn(move |context| receiver.poll_recv(context)));
        let mut read = Vec::<Part>::new();
        for byte in BODY {
            sender.send(Bytes::copy_from_slice(&[*byte])).unwrap();
            // A channel lets a task that never waits have so many things only.
            tokio::task::yield_now().await;
            while let Some(piece) = reader.piece().now_or_never() {
                if let Some(piece) = piece.unwrap() {
                    read.last_mut().unwrap().1.extend_from_slice(&piece);
                    continue;
                }
                let Some(head) = reader.next_part().now_or_never() else { break };
                let Some(head) = head.unwrap() else {
                    assert_eq!(read, parts());
                    return;
                };
                read.push((head, Vec::new()));
            }
        }
        panic!("the end was not read: {read:?}");
    }
}
