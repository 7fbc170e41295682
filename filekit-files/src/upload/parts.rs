//! The parts of an upload's body as they come: the call, then files, piece by piece. `receive.rs` stores them.
//!
//! ```text
//! IncomingBody (frames, counted) -> Multipart -> Parts: `call` part -> authorised by the caller
//!                                                FileParts: heads of files and their pieces
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use mime::Mime;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::timeout;

use crate::error::{Rejection, Result};
use crate::storage::{RunningSha256, SafePath, Sha256};
use crate::types::{HEAD, judge};
use crate::upload::body::{IncomingBody, MAX_SILENCE, SHORT};
use crate::upload::form::{FormFields, Wanted};
use crate::upload::head::PartHead;
use crate::upload::multipart::Multipart;
use crate::upload::{RuleBook, UploadId};
use crate::wire::CALL_PART;

/// What a browser sends to call an event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Path and query of the page, as the browser sees them.
    pub page: String,
    /// The page instance and its version, as the browser shows it.
    pub instance: String,
    /// A number that the page has given no other call. Without one nobody notices if the call comes twice.
    #[serde(default)]
    pub once: Option<f64>,
    /// What the page was given for the event.
    pub capability: String,
    /// Those arguments that the browser evaluates, in the order of the parameters: a list that is not looked at before
    /// the capability was.
    pub arguments: Box<RawValue>,
    /// The sizes of the files that follow, in their order, as the browser claims them. Nothing relies on them.
    #[serde(default)]
    pub sizes: Vec<u64>,
}

/// The largest call, in bytes: values that a visitor typed and a capability.
pub(crate) const MAX_CALL: usize = 1 << 20;

/// The most files in one request.
const MAX_FILES: u32 = 10_000;

/// The longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// The longest name of a file, with its folders, and the longest MIME type that a browser claims, in bytes. The
/// request holds those of all its files.
const MAX_NAME: usize = 1024;
const MAX_MIME: usize = 255;

/// The parts of a body.
#[derive(Debug)]
pub struct Parts {
    multipart: Multipart,
    body: IncomingBody,
    /// How many bytes the body has, if its head says so.
    length: Option<u64>,
}

impl Parts {
    /// Begins to read a body.
    ///
    /// # Errors
    ///
    /// If its head says already that it is not multipart, or larger than it may be.
    pub fn open(headers: &HeaderMap, body: &IncomingBody) -> Result<Self, Rejection> {
        let boundary = boundary(headers)?;
        let limit = body.limit();
        let length = declared_length(headers);
        if length.is_some_and(|length| length > limit) {
            return Err(Rejection::TotalTooLarge { limit });
        }
        Ok(Self { multipart: Multipart::new(body.clone(), &boundary), body: body.clone(), length })
    }

    /// Reads the first part, which says what the files are for.
    ///
    /// # Errors
    ///
    /// If it is not a call, or takes longer than one without files may.
    pub async fn call(&mut self) -> Result<Call, Rejection> {
        // Nobody knows yet who sends it, and all of it is held.
        let read = timeout(MAX_SILENCE, self.read_first(CALL_PART)).await;
        let json = read.map_err(|_| Rejection::Silent { seconds: MAX_SILENCE.as_secs() })??;
        let call: Call = serde_json::from_slice(&json).map_err(Rejection::malformed)?;
        match call.sizes.len() > MAX_FILES as usize {
            true => Err(Rejection::TooManyFiles { limit: MAX_FILES }),
            false => Ok(call),
        }
    }

    async fn read_first(&mut self, name: &str) -> Result<Vec<u8>, Rejection> {
        match self.multipart.next_part().await? {
            Some(part) if part.name == name => {}
            _ => return Err(Rejection::malformed(format_args!("the first part is not `{name}`"))),
        }
        let mut content = Vec::new();
        while let Some(piece) = self.multipart.piece().await? {
            content.extend_from_slice(&piece);
            if content.len() > MAX_CALL {
                return Err(Rejection::CallTooLarge { limit: MAX_CALL });
            }
        }
        Ok(content)
    }

    /// The parts after the call, which are files of the uploads whose rules these are.
    ///
    /// # Errors
    ///
    /// If the request says itself that it is not within the rules.
    pub fn files(self, rules: RuleBook, sizes: Vec<u64>) -> Result<FileParts, Rejection> {
        rules.begin(&sizes, self.to_come())?;
        Ok(FileParts::new(self, rules, sizes))
    }

    /// Reads the first part of a form, which has this name and is as small as a call.
    ///
    /// # Errors
    ///
    /// If it has another name, or takes longer than a call may.
    pub async fn first_field(&mut self, name: &str) -> Result<String, Rejection> {
        let read = timeout(MAX_SILENCE, self.read_first(name)).await;
        let bytes = read.map_err(|_| Rejection::Silent { seconds: MAX_SILENCE.as_secs() })??;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The parts of a form, which holds more than files of these uploads: fields are kept, as far as they are wanted or
    /// small, and what else is there is skipped.
    pub fn form(self, rules: RuleBook, wanted: Wanted) -> FileParts {
        FileParts { form: Some(FormFields::new(wanted)), ..FileParts::new(self, rules, Vec::new()) }
    }

    /// How many bytes are to come, at least, of those that were not taken apart yet.
    fn to_come(&self) -> Option<u64> {
        Some(self.length?.saturating_sub(self.body.read()))
    }
}

/// The boundary of the parts. A compressed body is refused: it is not decompressed here, and a handler could not read it.
///
/// # Errors
///
/// If the body is not `multipart/form-data`, or if another reader could take another boundary.
fn boundary(headers: &HeaderMap) -> Result<String, Rejection> {
    let is_identity = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(CONTENT_ENCODING).iter().all(is_identity) {
        return Err(Rejection::NotMultipart);
    }
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let mime = types.next().and_then(|value| value.to_str().ok()?.parse::<Mime>().ok());
    let form = mime.filter(|mime| mime.type_() == "multipart" && mime.subtype() == "form-data");
    let form = form.ok_or(Rejection::NotMultipart)?;
    // `boundary*` and `boundary*0` are continued or extended values, which some readers put together (RFC 2231).
    let mut boundaries = form.params().filter(|(name, _)| name.as_str().starts_with("boundary"));
    let boundary =
        boundaries.next().filter(|(name, _)| *name == "boundary").map(|(_, value)| value.as_str().to_owned());
    if types.next().is_some() || boundaries.next().is_some() {
        return Err(Rejection::malformed("the body has two boundaries"));
    }
    boundary.filter(|text| (1..=MAX_BOUNDARY).contains(&text.len())).ok_or(Rejection::NotMultipart)
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The files of a call, one after the other. Every piece of every file passes here, wherever it goes.
#[derive(Debug)]
pub struct FileParts {
    parts: Parts,
    rules: RuleBook,
    /// The sizes that the browser claims, of the files that have not come yet.
    sizes: std::vec::IntoIter<u64>,
    count: u32,
    /// The file at hand.
    file: Option<FilePart>,
    /// A part that was met and is not begun yet: before its turn, or because nobody waited for it to the end.
    waiting: Option<PartHead>,
    /// The fields of a form that a browser sends by itself; a call has none.
    form: Option<FormFields>,
    failure: Failure,
}

/// What went wrong while files were read: they cannot be read on, and what was read does not count.
#[derive(Clone, Debug, Default)]
pub struct Failure(Arc<Mutex<Option<Rejection>>>);

impl Failure {
    /// # Errors
    ///
    /// If something went wrong.
    pub fn check(&self) -> Result<(), Rejection> {
        self.noted().clone().map_or(Ok(()), Err)
    }

    fn note<T>(&self, result: Result<T, Rejection>) -> Result<T, Rejection> {
        if let Err(rejection) = &result {
            *self.noted() = Some(rejection.clone());
        }
        result
    }

    /// Nothing that holds the lock can panic half-way, so a poisoned one is as good as any.
    fn noted(&self) -> MutexGuard<'_, Option<Rejection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands before the content of a file.
#[derive(Clone, Debug)]
pub(crate) struct FileHead {
    pub(crate) upload: UploadId,
    pub(crate) path: SafePath,
    /// As its sender meant it.
    pub(crate) client_name: String,
    pub(crate) claimed_mime: Option<String>,
    pub(crate) claimed_size: Option<u64>,
}

/// A file that is being read.
#[derive(Debug)]
struct FilePart {
    /// A piece that was read ahead.
    ahead: Option<Bytes>,
    name: String,
    /// Its first bytes, by which its type is judged.
    start: Vec<u8>,
    /// If its digest is wanted.
    sha256: Option<RunningSha256>,
}

impl FileParts {
    fn new(parts: Parts, rules: RuleBook, sizes: Vec<u64>) -> Self {
        let failure = Failure::default();
        Self { parts, rules, sizes: sizes.into_iter(), count: 0, file: None, waiting: None, form: None, failure }
    }

    /// Goes to the next file. What is left of the one at hand is skipped.
    ///
    /// # Errors
    ///
    /// If what follows is no file of these uploads, or one too many, or if it does not come; and then each time.
    pub(crate) async fn next_file(&mut self) -> Result<Option<FileHead>, Rejection> {
        self.failure.check()?;
        let head = self.read_head().await;
        self.failure.note(head)
    }

    /// The next piece of the file at hand.
    ///
    /// # Errors
    ///
    /// If it does not come; and then each time.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Rejection> {
        self.failure.check()?;
        let piece = self.read_piece().await;
        self.failure.note(piece)
    }

    /// What went wrong, if anything does.
    pub(crate) fn failure(&self) -> Failure {
        self.failure.clone()
    }

    pub(crate) fn body(&self) -> &IncomingBody {
        &self.parts.body
    }

    async fn read_head(&mut self) -> Result<Option<FileHead>, Rejection> {
        loop {
            while self.read_piece().await?.is_some() {}
            self.file = None;
            if self.waiting.is_none() {
                self.waiting = self.next_part().await?;
            }
            let ahead = self.read_ahead().await?;
            let Some(part) = self.waiting.take() else {
                self.rules.end()?;
                return Ok(None);
            };
            if let Some(head) = self.head(part, ahead.as_ref())? {
                self.begin(&head, ahead)?;
                return Ok(Some(head));
            }
        }
    }

    /// The first piece of the part that waits, if it takes that to tell what the part is: a form in which no file was chosen
    /// sends a part without name and content (HTML standard, "constructing the entry list").
    async fn read_ahead(&mut self) -> Result<Option<Bytes>, Rejection> {
        match &self.waiting {
            Some(part) if !part.has_file_name() => self.parts.multipart.piece().await,
            _ => Ok(None),
        }
    }

    async fn read_piece(&mut self) -> Result<Option<Bytes>, Rejection> {
        let Some(file) = &mut self.file else { return Ok(None) };
        if let Some(piece) = file.ahead.take() {
            return Ok(Some(piece));
        }
        let piece = self.parts.multipart.piece().await?;
        match &piece {
            Some(piece) => {
                file.passes(piece);
                self.rules.pass(piece.len(), &file.start)?;
            }
            None => self.rules.end_file(&file.start)?,
        }
        Ok(piece)
    }

    /// The type of the file at hand, as far as it was read, judged by its content and its name.
    pub(crate) fn mime(&self) -> String {
        self.file.as_ref().map(|file| judge(&file.start, &file.name).to_owned()).unwrap_or_default()
    }

    /// The path of the file at hand, which was read to its end, with the extension of what it is, if its name says something
    /// else and both are accepted.
    pub(crate) fn named_right(&self, path: SafePath) -> SafePath {
        match self.rules.right_extension() {
            Some(extension) => path.with_extension(extension),
            None => path,
        }
    }

    /// The digest of the file at hand, which was read to its end, if its upload wants it.
    pub(crate) fn sha256(&mut self) -> Option<Sha256> {
        Some(self.file.as_mut()?.sha256.take()?.finish())
    }

    /// Reads what stands before the first file of a form.
    ///
    /// # Errors
    ///
    /// As [`FileParts::next_file`].
    pub async fn read_to_first_file(&mut self) -> Result<(), Rejection> {
        let part = self.next_part().await;
        self.waiting = self.failure.note(part)?;
        Ok(())
    }

    /// Reads the fields behind what was refused, as much and as long as any refused body is read; files are skipped.
    pub async fn read_fields_left(&mut self) {
        self.rules = RuleBook::new(Vec::new());
        self.parts.body.limit_rest(SHORT.bytes as u64);
        // A field that does not come is not shown again.
        let _ = timeout(SHORT.time, self.next_part()).await;
    }

    /// The fields of the form, as far as it was read.
    pub fn fields(&self) -> FormFields {
        self.form.clone().unwrap_or_default()
    }

    /// The next part that is a file of these uploads, or should be.
    async fn next_part(&mut self) -> Result<Option<PartHead>, Rejection> {
        while let Some(part) = self.parts.multipart.next_part().await? {
            if let Some(part) = self.without_other(part).await? {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// The part, unless it is something of a form that is no file of these uploads.
    async fn without_other(&mut self, part: PartHead) -> Result<Option<PartHead>, Rejection> {
        let Some(form) = &mut self.form else { return Ok(Some(part)) };
        if self.rules.upload(&part.name).is_some() {
            return Ok(Some(part));
        }
        let mut name = form.begin(&part.name)?.filter(|_| part.file_name.is_none());
        let mut text = Vec::new();
        while let Some(piece) = self.parts.multipart.piece().await? {
            if name.is_some() && !form.has_room(piece.len())? {
                name = None;
            }
            if name.is_some() {
                text.extend_from_slice(&piece);
            }
        }
        if let Some(name) = name {
            form.add(name, &text);
        }
        Ok(None)
    }

    /// The head of a file, of which this piece was read ahead; nothing if the part is an input in which no file was chosen.
    fn head(&mut self, part: PartHead, ahead: Option<&Bytes>) -> Result<Option<FileHead>, Rejection> {
        let upload = self.rules.upload(&part.name);
        let upload = upload.ok_or_else(|| Rejection::malformed("a part belongs to no upload of this event"))?.clone();
        self.count += 1;
        if self.count > MAX_FILES {
            return Err(Rejection::TooManyFiles { limit: MAX_FILES });
        }
        let claimed_size = self.sizes.next();
        if !part.has_file_name() && ahead.is_none() {
            return Ok(None);
        }
        let client_name = part.file_name.ok_or(Rejection::NoFileName { name: part.name })?;
        if client_name.len() > MAX_NAME {
            return Err(Rejection::UnsafeName { name: client_name });
        }
        let path = SafePath::parse(&client_name)?;
        let claimed_mime = part.content_type.filter(|mime| mime.len() <= MAX_MIME);
        Ok(Some(FileHead { upload, path, client_name, claimed_mime, claimed_size }))
    }

    /// Begins a file, of which this piece was read.
    fn begin(&mut self, head: &FileHead, ahead: Option<Bytes>) -> Result<(), Rejection> {
        let mut part = FilePart::new(head);
        // The length of a form says nothing of the files that count.
        let to_come = self.parts.to_come().filter(|_| self.form.is_none());
        self.rules.begin_file(&head.upload, &part.name, head.claimed_size, to_come)?;
        part.sha256 = self.rules.wants_sha256().then(RunningSha256::default);
        if let Some(piece) = &ahead {
            part.passes(piece);
            self.rules.pass(piece.len(), &part.start)?;
        }
        part.ahead = ahead;
        self.file = Some(part);
        Ok(())
    }
}

impl FilePart {
    fn new(head: &FileHead) -> Self {
        Self { ahead: None, name: head.path.name().as_str().to_owned(), start: Vec::new(), sha256: None }
    }

    /// Looks at a piece on its way.
    fn passes(&mut self, piece: &Bytes) {
        let wanted = HEAD.saturating_sub(self.start.len()).min(piece.len());
        self.start.extend_from_slice(&piece[..wanted]);
        if let Some(sha256) = &mut self.sha256 {
            sha256.pass(piece);
        }
    }
}
