//! Takes a body of `multipart/form-data` apart (RFC 7578): heads of parts, and pieces of what is in them. What a head says
//! is read by `head/`.
//!
//! A piece is a part of the frame that it came in, and is not copied. What is held for longer is at most the head of one
//! part.

use bytes::{Bytes, BytesMut};
use memchr::memmem::Finder;
use memchr::memrchr;

use crate::error::FileRejection;
use crate::upload::read::body::{IncomingBody, Pace};
use crate::upload::read::head::PartHead;

/// How long the head of a part may be, and what stands before the first part.
const MAX_HEAD: usize = 16 * 1024;

/// The largest piece. Frames from a socket are not much larger, but a body in memory is one frame.
const MAX_PIECE: usize = 256 * 1024;

/// The end of a line, of a head, and what marks the delimiter that is the last.
const LINE_END: &[u8] = b"\r\n";
const HEAD_END: &[u8] = b"\r\n\r\n";
const LAST: &[u8] = b"--";

/// A body, part by part.
#[derive(Debug)]
pub(crate) struct Multipart {
    body: IncomingBody,
    pace: Pace,
    /// Finds what stands before each part and after the last: the end of a line, two dashes and the boundary.
    delimiter: Box<Finder<'static>>,
    head_end: Box<Finder<'static>>,
    /// What has come and was not looked at yet.
    rest: Bytes,
    place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first part: there may be text, which means nothing (RFC 2046, section 5.1.1).
    Preamble,
    Content,
    AfterDelimiter,
    End,
}

impl Multipart {
    /// The parts of a body, which are divided by `boundary`.
    pub(crate) fn new(body: IncomingBody, boundary: &str) -> Self {
        let delimiter = [LINE_END, LAST, boundary.as_bytes()].concat();
        Self {
            body,
            pace: Pace::default(),
            delimiter: Box::new(Finder::new(&delimiter).into_owned()),
            head_end: Box::new(Finder::new(HEAD_END)),
            // The first delimiter may stand at the very beginning, where no line ends before it.
            rest: Bytes::from_static(LINE_END),
            place: Place::Preamble,
        }
    }

    /// Goes to the next part. What is left of the one at hand is skipped.
    ///
    /// # Errors
    ///
    /// If what follows is no part, or does not come.
    pub(crate) async fn next_part(&mut self) -> Result<Option<PartHead>, FileRejection> {
        if self.place == Place::Preamble {
            self.skip_preamble().await?;
        }
        while self.piece().await?.is_some() {}
        if self.place == Place::End || self.is_last().await? {
            self.place = Place::End;
            self.body.complete();
            return Ok(None);
        }
        let head = self.head().await?;
        self.place = Place::Content;
        parse_head(&head).map(Some)
    }

    /// The next piece of the part at hand.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        while self.place == Place::Content {
            let piece = self.split_piece();
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
            if self.place == Place::Content {
                self.read_more().await?;
            }
        }
        Ok(None)
    }

    async fn skip_preamble(&mut self) -> Result<(), FileRejection> {
        let mut skipped = 0;
        while self.place == Place::Preamble {
            let text = self.split_piece();
            skipped += text.len();
            if skipped > MAX_HEAD {
                return Err(FileRejection::malformed("the first part does not begin"));
            }
            if text.is_empty() && self.place == Place::Preamble {
                self.read_more().await?;
            }
        }
        Ok(())
    }

    /// Takes what is certainly content off the rest, and the delimiter if it comes next.
    fn split_piece(&mut self) -> Bytes {
        let window = &self.rest[..self.rest.len().min(MAX_PIECE)];
        match self.delimiter.find(window) {
            Some(0) => {
                let _ = self.rest.split_to(self.delimiter.needle().len());
                self.place = Place::AfterDelimiter;
                Bytes::new()
            }
            Some(length) => self.rest.split_to(length),
            None => {
                let length = window.len() - begun(window, self.delimiter.needle());
                self.rest.split_to(length)
            }
        }
    }

    /// Whether the delimiter at hand is the one after the last part.
    async fn is_last(&mut self) -> Result<bool, FileRejection> {
        while self.rest.len() < LAST.len() {
            self.read_more().await?;
        }
        Ok(self.rest.starts_with(LAST))
    }

    /// The rest of the line of the delimiter, and the head of the part after it.
    async fn head(&mut self) -> Result<Bytes, FileRejection> {
        let mut searched = 0;
        loop {
            let window = &self.rest[..self.rest.len().min(MAX_HEAD)];
            if let Some(at) = self.head_end.find(&window[searched..]) {
                return Ok(self.rest.split_to(searched + at + HEAD_END.len()));
            }
            if self.rest.len() >= MAX_HEAD {
                return Err(FileRejection::malformed("the head of a part does not end"));
            }
            searched = window.len().saturating_sub(HEAD_END.len() - 1);
            self.read_more().await?;
        }
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

/// How many bytes at the end of `window` are the beginning of `delimiter`. It has one carriage return, its first byte.
fn begun(window: &[u8], delimiter: &[u8]) -> usize {
    let end = &window[window.len().saturating_sub(delimiter.len() - 1)..];
    let begun = memrchr(b'\r', end).map_or(&[][..], |at| &end[at..]);
    if delimiter.starts_with(begun) { begun.len() } else { 0 }
}

/// Reads what stands between a delimiter and the content: the rest of the delimiter's line, and the fields.
fn parse_head(head: &[u8]) -> Result<PartHead, FileRejection> {
    let text = std::str::from_utf8(head).map_err(|_| FileRejection::malformed("the head of a part is not UTF-8"))?;
    let mut lines = text.strip_suffix("\r\n\r\n").unwrap_or(text).split("\r\n");
    let padding = lines.next().unwrap_or_default();
    if !padding.trim_start_matches([' ', '\t']).is_empty() {
        return Err(FileRejection::malformed("a delimiter has something else in its line"));
    }
    let fields = lines.map(|line| line.split_once(':')).collect::<Option<Vec<_>>>();
    let fields = fields.ok_or_else(|| FileRejection::malformed("a part has a field without a name"))?;
    PartHead::of_fields(fields.into_iter().map(|(name, value)| (name, value.as_bytes())))
}

#[cfg(test)]
mod tests {
    use axum_core::body::Body;
    use futures_util::stream;
    use http::HeaderMap;

    use super::*;

    type Part = (PartHead, Vec<u8>);

    /// Reads a body that comes in frames of `size` bytes.
    async fn read(body: &[u8], size: usize) -> Result<Vec<Part>, FileRejection> {
        let frames: Vec<_> = body.chunks(size).map(|frame| Ok::<_, std::io::Error>(frame.to_vec())).collect();
        let body = Body::from_stream(stream::iter(frames)).into_data_stream();
        let mut multipart = Multipart::new(IncomingBody::new(&HeaderMap::new(), body, u64::MAX), "x");
        let mut parts = Vec::new();
        while let Some(head) = multipart.next_part().await? {
            let mut content = Vec::new();
            while let Some(piece) = multipart.piece().await? {
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
        let body = [b"nobody reads this\r\n", BODY].concat();
        for size in [1, 7, body.len()] {
            assert_eq!(read(&body, size).await.unwrap(), parts());
        }
        let endless = vec![b'y'; 4 * MAX_HEAD];
        assert!(matches!(read(&endless, 1024).await, Err(FileRejection::Malformed { .. })));
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
        let content: Vec<u8> = (0..3 * MAX_PIECE + 5).map(|number| b"\r\n--y"[number % 5]).collect();
        let body =
            [b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n", &*content, b"\r\n--x--"].concat();
        assert_eq!(read(&body, body.len()).await.unwrap(), [file("a", "b", &content)]);
        let body = Body::from(body).into_data_stream();
        let mut multipart = Multipart::new(IncomingBody::new(&HeaderMap::new(), body, u64::MAX), "x");
        multipart.next_part().await.unwrap();
        while let Some(piece) = multipart.piece().await.unwrap() {
            assert!(piece.len() <= MAX_PIECE);
        }
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_refused() {
        let body = [b"--x\r\n", &*vec![b'y'; 4 * MAX_HEAD]].concat();
        for size in [1000, body.len()] {
            assert!(matches!(read(&body, size).await, Err(FileRejection::Malformed { .. })));
        }
    }

    #[test]
    fn fields_are_the_lines_of_a_head() {
        let head =
            parse_head(b" \t\r\nContent-Disposition: form-data; name=a\r\nX: a:b\r\nCONTENT-TYPE:image/png\r\n\r\n");
        let expected = PartHead { name: "a".to_owned(), file_name: None, content_type: Some("image/png".to_owned()) };
        assert_eq!(head.unwrap(), expected);
    }

    #[test]
    fn a_head_that_another_reader_would_read_otherwise_is_refused() {
        for head in [
            &b"y\r\nContent-Disposition: form-data; name=a\r\n\r\n"[..],
            b"\r\nContent-Disposition: form-data; name=a\r\nno field\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\n--x\r\n\r\n",
            b"\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\n--x: a\r\n\r\n",
            b"\r\nContent-Disposition: form-data;\r\n name=a; filename=b:c\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\nX: y\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\nX\xff: a\r\n\r\n",
            b"\r\n\r\n",
        ] {
            let refused = matches!(parse_head(head), Err(FileRejection::Malformed { .. }));
            assert!(refused, "{}", String::from_utf8_lossy(head));
        }
    }
}
