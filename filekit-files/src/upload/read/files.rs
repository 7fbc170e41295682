//! The files of a multipart body, one after the other, on their way to the gate. `receive.rs` stores them.

use bytes::Bytes;
use tokio::time::timeout;

use crate::error::FileRejection;
use crate::upload::FileSource;
use crate::upload::UploadId;
use crate::upload::intake::{Failure, FileHead, Intake, Judged};
use crate::upload::read::body::{IncomingBody, SHORT};
use crate::upload::read::form::FormFields;
use crate::upload::read::head::PartHead;
use crate::upload::read::parts::Parts;

/// The most files in one request.
pub(crate) const MAX_FILES: u32 = 10_000;

/// The files of a multipart body, one after the other. Each goes through an [`Intake`].
#[derive(Debug)]
pub struct FileParts {
    parts: Parts,
    intake: Intake,
    /// The sizes that the client claims, of the files that have not come yet.
    sizes: std::vec::IntoIter<u64>,
    count: u32,
    /// The file at hand.
    file: Option<FilePart>,
    /// A part that was read from the body and is not begun yet: it was read early, or the future that read it was dropped.
    waiting: Option<PartHead>,
    /// The fields of a form that a browser sends by itself; a call has none.
    form: Option<FormFields>,
    /// The upload that every file of the form belongs to, whatever its part is called.
    any: Option<UploadId>,
}

/// A file that is being read.
#[derive(Debug)]
struct FilePart {
    /// A piece that was read ahead.
    ahead: Option<Bytes>,
    /// What the file is, once it was read to its end.
    judged: Option<Judged>,
}

impl FileSource for FileParts {
    async fn next_file(&mut self) -> Result<Option<FileHead>, FileRejection> {
        self.failure().check()?;
        let head = self.read_head().await;
        self.failure().note(head)
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        self.failure().check()?;
        let piece = self.read_piece().await;
        self.failure().note(piece)
    }

    fn strips_metadata(&self) -> bool {
        self.intake.strips_metadata()
    }

    fn failure(&self) -> &Failure {
        self.intake.failure()
    }

    fn body(&self) -> &IncomingBody {
        self.parts.body()
    }

    fn judged(&self) -> Result<Judged, FileRejection> {
        let judged = self.file.as_ref().and_then(|file| file.judged.clone());
        judged.ok_or(FileRejection::Truncated)
    }

    fn mime(&self) -> &'static str {
        let judged = self.file.as_ref().and_then(|file| file.judged.as_ref());
        judged.map(|judged| judged.mime).or_else(|| self.intake.mime()).unwrap_or_default()
    }
}

impl FileParts {
    pub(super) fn new(parts: Parts, intake: Intake, sizes: Vec<u64>, form: Option<FormFields>) -> Self {
        Self { parts, intake, sizes: sizes.into_iter(), count: 0, file: None, waiting: None, form, any: None }
    }

    /// The same files, all of which belong to this upload.
    pub(super) fn all_of(self, upload: UploadId) -> Self {
        Self { any: Some(upload), ..self }
    }

    /// The upload that a part belongs to, if it is a file of one.
    fn upload_of(&self, part: &PartHead) -> Option<&UploadId> {
        self.any.as_ref().filter(|_| part.has_file_name()).or_else(|| self.intake.upload(&part.name))
    }

    async fn read_head(&mut self) -> Result<Option<FileHead>, FileRejection> {
        loop {
            while self.read_piece().await?.is_some() {}
            self.file = None;
            if self.waiting.is_none() {
                self.waiting = self.next_part().await?;
            }
            let ahead = self.read_ahead().await?;
            let Some(part) = self.waiting.take() else {
                self.intake.close()?;
                return Ok(None);
            };
            if let Some(head) = self.head(part, ahead.as_ref())? {
                // The length of a form says nothing of the files that count.
                let to_come = self.parts.to_come().filter(|_| self.form.is_none());
                self.intake.begin(&head, to_come)?;
                self.file = Some(FilePart { ahead, judged: None });
                return Ok(Some(head));
            }
        }
    }

    /// The first piece of the part that waits, if it takes that to tell what the part is: a form in which no file was chosen
    /// sends a part without name and content (HTML standard, "constructing the entry list").
    async fn read_ahead(&mut self) -> Result<Option<Bytes>, FileRejection> {
        match &self.waiting {
            Some(part) if !part.has_file_name() => self.parts.reader.piece().await,
            _ => Ok(None),
        }
    }

    async fn read_piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        let Some(file) = self.file.as_mut().filter(|file| file.judged.is_none()) else { return Ok(None) };
        let piece = match file.ahead.take() {
            Some(piece) => Some(piece),
            None => self.parts.reader.piece().await?,
        };
        match &piece {
            Some(piece) => self.intake.pass(piece)?,
            None => file.judged = Some(self.intake.end()?),
        }
        Ok(piece)
    }

    /// Reads what stands before the first file of a form.
    ///
    /// # Errors
    ///
    /// If the body breaks off, is refused or comes too slowly, and then each time.
    pub async fn read_to_first_file(&mut self) -> Result<(), FileRejection> {
        let part = self.next_part().await;
        self.waiting = self.failure().note(part)?;
        Ok(())
    }

    /// Reads the fields behind what was refused, as much and as long as any refused body is read; files are skipped.
    pub async fn read_fields_left(&mut self) {
        self.intake.shut();
        self.body().limit_rest(SHORT.bytes as u64);
        // A field that does not come is not shown again.
        let _ = timeout(SHORT.time, self.next_part()).await;
    }

    /// The fields of the form, as far as it was read.
    #[must_use]
    pub fn fields(&self) -> FormFields {
        self.form.clone().unwrap_or_default()
    }

    /// The next part that is a file of these uploads, or should be.
    async fn next_part(&mut self) -> Result<Option<PartHead>, FileRejection> {
        while let Some(part) = self.parts.reader.next_part().await? {
            if let Some(part) = self.without_other(part).await? {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// The part, unless it is something of a form that is no file of these uploads.
    async fn without_other(&mut self, part: PartHead) -> Result<Option<PartHead>, FileRejection> {
        if self.form.is_none() || self.upload_of(&part).is_some() {
            return Ok(Some(part));
        }
        let Some(form) = &mut self.form else { return Ok(None) };
        let mut name = form.begin(&part.name)?.filter(|_| part.file_name.is_none());
        let mut text = Vec::new();
        while let Some(piece) = self.parts.reader.piece().await? {
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
    fn head(&mut self, part: PartHead, ahead: Option<&Bytes>) -> Result<Option<FileHead>, FileRejection> {
        let upload = self.upload_of(&part);
        let upload =
            upload.ok_or_else(|| FileRejection::malformed("a part belongs to no upload of this event"))?.clone();
        self.count += 1;
        if self.count > MAX_FILES {
            return Err(FileRejection::TooManyFiles { limit: MAX_FILES });
        }
        let claimed_size = self.sizes.next();
        if !part.has_file_name() && ahead.is_none() {
            return Ok(None);
        }
        let client_name = part.file_name.ok_or(FileRejection::NoFileName { name: part.name })?;
        FileHead::new(upload, client_name).map(|head| Some(head.claiming(part.content_type, claimed_size)))
    }
}
