//! The parts of an upload's body as they come: the call, then files, piece by piece; not what becomes of them.
//!
//! ```text
//! IncomingBody (one piece a poll, counted) -> multer -> Parts: `call` part -> authorised by the caller
//!                                                       FileParts: heads of files and their pieces
//! ```

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use multer::{Field, Multipart};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::error::{Rejection, Result};
use crate::storage::{HEAD, SafePath, judge};
use crate::upload::UploadId;
use crate::upload::body::{IncomingBody, Pace};
use crate::wire::CALL_PART;

/// What a browser sends to call an event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    /// Path and query of the page, as the browser sees them.
    pub(crate) page: String,
    pub(crate) capability: String,
    /// Those arguments that the browser evaluates, in the order of the parameters: a list that is not looked at before
    /// the capability was.
    pub(crate) arguments: Box<RawValue>,
    /// The sizes of the files that follow, in their order, as the browser claims them. Nothing relies on them.
    #[serde(default)]
    pub(crate) sizes: Vec<u64>,
}

/// The largest call, in bytes: values that a visitor typed and a capability.
pub(crate) const MAX_CALL: usize = 1 << 20;

/// The most files in one request.
const MAX_FILES: usize = 10_000;

/// How much is handed to multer at once: of content, and while it looks for the head of a part.
const CONTENT_PIECE: usize = 64 * 1024;
const HEAD_PIECE: usize = 16 * 1024;

/// The longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// The longest name of a file, with its folders, and the longest MIME type that a browser claims, in bytes. The
/// request holds those of all its files.
const MAX_NAME: usize = 1024;
const MAX_MIME: usize = 255;

/// The parts of a body.
#[derive(Debug)]
pub(crate) struct Parts {
    multipart: Multipart<'static>,
    body: IncomingBody,
    pace: Pace,
}

impl Parts {
    /// Begins to read a body.
    ///
    /// # Errors
    ///
    /// If its head says already that it is not multipart, or larger than it may be.
    pub(crate) fn open(headers: &HeaderMap, body: &IncomingBody) -> Result<Self, Rejection> {
        let boundary = boundary(headers)?;
        let limit = body.limit();
        if declared_length(headers).is_some_and(|length| length > limit) {
            return Err(Rejection::BodyTooLarge { limit });
        }
        Ok(Self { multipart: Multipart::new(body.pieces(), boundary), body: body.clone(), pace: Pace::default() })
    }

    /// Reads the first part, which says what the files are for.
    ///
    /// # Errors
    ///
    /// If it is not a call.
    pub(crate) async fn call(&mut self) -> Result<Call, Rejection> {
        let mut part = match self.next().await? {
            Some(part) if part.name() == Some(CALL_PART) => part,
            _ => return Err(Rejection::malformed("the first part is not the call")),
        };
        let mut json = Vec::new();
        while let Some(piece) = self.piece(&mut part).await? {
            json.extend_from_slice(&piece);
            if json.len() > MAX_CALL {
                return Err(Rejection::CallTooLarge { limit: MAX_CALL });
            }
        }
        serde_json::from_slice(&json).map_err(Rejection::malformed)
    }

    /// The parts after the call, which are files of these uploads.
    pub(crate) fn files(self, uploads: Vec<UploadId>, sizes: Vec<u64>) -> FileParts {
        FileParts { parts: self, uploads, sizes: sizes.into_iter(), count: 0, file: None }
    }

    async fn next(&mut self) -> Result<Option<Field<'static>>, Rejection> {
        self.body.ask(HEAD_PIECE);
        let part = self.pace.patiently(self.multipart.next_field()).await?.map_err(rejection_of)?;
        self.pace.keep_up(self.body.handed_on())?;
        Ok(part)
    }

    async fn piece(&mut self, part: &mut Field<'static>) -> Result<Option<Bytes>, Rejection> {
        self.body.ask(CONTENT_PIECE);
        let piece = self.pace.patiently(part.chunk()).await?.map_err(rejection_of)?;
        self.pace.keep_up(piece.as_ref().map_or(0, Bytes::len))?;
        Ok(piece)
    }
}

fn boundary(headers: &HeaderMap) -> Result<String, Rejection> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = content_type.and_then(|text| multer::parse_boundary(text).ok());
    boundary.filter(|text| (1..=MAX_BOUNDARY).contains(&text.len())).ok_or(Rejection::NotMultipart)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn rejection_of(error: multer::Error) -> Rejection {
    match error {
        multer::Error::StreamReadFailed(error) => match error.downcast::<Rejection>() {
            Ok(rejection) => *rejection,
            // The connection broke: nobody will read this, but the log does.
            Err(_) => Rejection::Truncated,
        },
        multer::Error::IncompleteStream
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteFieldData { .. } => Rejection::Truncated,
        error => Rejection::malformed(error),
    }
}

/// The files of a call, one after the other. Every piece of every file passes here, wherever it goes.
#[derive(Debug)]
pub(crate) struct FileParts {
    parts: Parts,
    uploads: Vec<UploadId>,
    /// The sizes that the browser claims, of the files that have not come yet.
    sizes: std::vec::IntoIter<u64>,
    count: usize,
    /// The file at hand.
    file: Option<FilePart>,
}

/// What stands before the content of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileHead {
    pub(crate) upload: UploadId,
    pub(crate) path: SafePath,
    /// As the browser sent it.
    pub(crate) client_name: String,
    pub(crate) claimed_mime: Option<String>,
    #[expect(dead_code, reason = "only a stream of files shows it")]
    pub(crate) claimed_size: Option<u64>,
}

/// A file that is being read.
#[derive(Debug)]
struct FilePart {
    /// Nothing when it was read to its end.
    field: Option<Field<'static>>,
    /// A piece that was read ahead.
    ahead: Option<Bytes>,
    name: String,
    /// Its first bytes, by which its type is judged.
    start: Vec<u8>,
}

impl FileParts {
    /// Goes to the next file. What is left of the one at hand is skipped.
    ///
    /// # Errors
    ///
    /// If what follows is no file of these uploads, or one too many, or if it does not come.
    pub(crate) async fn next_file(&mut self) -> Result<Option<FileHead>, Rejection> {
        loop {
            while self.piece().await?.is_some() {}
            self.file = None;
            let Some(field) = self.parts.next().await? else { return Ok(None) };
            let head = self.head(&field)?;
            self.file = Some(FilePart::new(field, &head));
            if !self.is_no_file(&head).await? {
                return Ok(Some(head));
            }
        }
    }

    /// The next piece of the file at hand.
    ///
    /// # Errors
    ///
    /// If it does not come.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Rejection> {
        let Some(file) = &mut self.file else { return Ok(None) };
        if let Some(piece) = file.ahead.take() {
            return Ok(Some(piece));
        }
        let Some(field) = &mut file.field else { return Ok(None) };
        let piece = self.parts.piece(field).await?;
        match &piece {
            Some(piece) => file.passes(piece),
            None => file.field = None,
        }
        Ok(piece)
    }

    /// The type of the file at hand, as far as it was read, judged by its content and its name.
    pub(crate) fn mime(&self) -> String {
        self.file.as_ref().map(|file| judge(&file.start, &file.name)).unwrap_or_default()
    }

    fn head(&mut self, part: &Field<'_>) -> Result<FileHead, Rejection> {
        let upload = self.uploads.iter().find(|upload| part.name() == Some(upload.as_str()));
        let upload = upload.ok_or_else(|| Rejection::malformed("a part belongs to no upload of this event"))?.clone();
        let client_name = part.file_name().ok_or_else(|| Rejection::malformed("a part of an upload is no file"))?;
        self.count += 1;
        if self.count > MAX_FILES {
            return Err(Rejection::TooManyFiles { count: self.count, limit: MAX_FILES });
        }
        if client_name.len() > MAX_NAME {
            return Err(Rejection::UnsafeName { name: client_name.to_owned() });
        }
        let claimed_mime = part.content_type().map(ToString::to_string).filter(|mime| mime.len() <= MAX_MIME);
        Ok(FileHead {
            upload,
            path: SafePath::parse(client_name)?,
            client_name: client_name.to_owned(),
            claimed_mime,
            claimed_size: self.sizes.next(),
        })
    }

    /// A form without a chosen file sends one without name and content (HTML standard, "constructing the entry list").
    async fn is_no_file(&mut self, head: &FileHead) -> Result<bool, Rejection> {
        if !head.client_name.is_empty() {
            return Ok(false);
        }
        let first = self.piece().await?;
        let is_empty = first.is_none();
        if let Some(file) = &mut self.file {
            file.ahead = first;
        }
        Ok(is_empty)
    }
}

impl FilePart {
    fn new(field: Field<'static>, head: &FileHead) -> Self {
        let name = head.path.name().as_str().to_owned();
        Self { field: Some(field), ahead: None, name, start: Vec::new() }
    }

    /// Looks at a piece on its way.
    fn passes(&mut self, piece: &Bytes) {
        let wanted = HEAD.saturating_sub(self.start.len()).min(piece.len());
        self.start.extend_from_slice(&piece[..wanted]);
    }
}
