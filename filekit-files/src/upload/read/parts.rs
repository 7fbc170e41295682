//! The parts of a multipart body as they come: a first one that says what the others are for, then files.

use http::HeaderMap;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::error::FileRejection;
use crate::upload::UploadId;
use crate::upload::intake::{Intake, RuleBook};
use crate::upload::read::MAX_HELD;
use crate::upload::read::body::{IncomingBody, MAX_SILENCE};
use crate::upload::read::boundary::{boundary, declared_length};
use crate::upload::read::files::{FileParts, MAX_FILES};
use crate::upload::read::form::{FieldFilter, FormFields};
use crate::upload::read::part_reader::PartReader;

/// The parts of a body.
#[derive(Debug)]
pub struct Parts {
    pub(super) reader: PartReader,
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
    pub fn open(headers: &HeaderMap, body: &IncomingBody) -> Result<Self, FileRejection> {
        let boundary = boundary(headers)?;
        let limit = body.limit();
        let length = declared_length(headers);
        if length.is_some_and(|length| length > limit) {
            return Err(FileRejection::TotalTooLarge { limit });
        }
        Ok(Self { reader: PartReader::new(body.clone(), &boundary), body: body.clone(), length })
    }

    /// Reads the first part as JSON. It has this name, and says what the files behind it are for: nothing of them has to be read
    /// before its sender is known.
    ///
    /// # Errors
    ///
    /// If it has another name, is no such JSON, is larger than 1 MiB, or takes longer than 30 seconds; or if there is no memory for it.
    pub async fn first_json<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, FileRejection> {
        let json = self.read_first(name).await?;
        serde_json::from_slice(&json).map_err(FileRejection::malformed)
    }

    /// Reads the first part as text. It has this name.
    ///
    /// # Errors
    ///
    /// If it has another name, is no text, is larger than 1 MiB, or takes longer than 30 seconds; or if there is no memory for it.
    pub async fn first_field(&mut self, name: &str) -> Result<String, FileRejection> {
        let bytes = self.read_first(name).await?;
        String::from_utf8(bytes).map_err(|_| FileRejection::malformed(format_args!("`{name}` is no text")))
    }

    async fn read_first(&mut self, name: &str) -> Result<Vec<u8>, FileRejection> {
        // The sender is not known yet, and all of it is held.
        let read = timeout(MAX_SILENCE, self.held_part(name)).await;
        read.unwrap_or(Err(FileRejection::Silent { seconds: MAX_SILENCE.as_secs() }))
    }

    async fn held_part(&mut self, name: &str) -> Result<Vec<u8>, FileRejection> {
        match self.reader.next_part().await? {
            Some(part) if part.name == name => {}
            _ => return Err(FileRejection::malformed(format_args!("the first part is not `{name}`"))),
        }
        let mut content = self.body.waiting_bytes();
        while let Some(piece) = self.reader.piece().await? {
            content.push(&piece)?;
            if content.len() > MAX_HELD {
                return Err(FileRejection::CallTooLarge { limit: MAX_HELD });
            }
        }
        Ok(content.into_vec())
    }

    /// The parts that are left: files of the uploads whose rules these are. `sizes` are those that the client claims, in the
    /// order of the files; there may be none.
    ///
    /// # Errors
    ///
    /// If the request says itself that it is not within the rules.
    pub fn files(self, rules: RuleBook, sizes: Vec<u64>) -> Result<FileParts, FileRejection> {
        if sizes.len() > MAX_FILES as usize {
            return Err(FileRejection::TooManyFiles { limit: MAX_FILES });
        }
        let intake = Intake::new(rules);
        intake.announce(&sizes, self.to_come())?;
        Ok(FileParts::new(self, intake, sizes, None))
    }

    /// The parts of a form, which holds more than files of these uploads: fields are kept, as far as they are wanted or
    /// small, and what else is there is skipped.
    #[must_use]
    pub fn form(self, rules: RuleBook, wanted: FieldFilter) -> FileParts {
        FileParts::new(self, Intake::new(rules), Vec::new(), Some(FormFields::new(wanted)))
    }

    /// The files among the parts, whatever those are called: all of them belong to this upload. What is no file is skipped.
    #[must_use]
    pub fn any_files(self, rules: RuleBook, upload: &UploadId) -> FileParts {
        self.form(rules, FieldFilter::default()).all_of(upload.clone())
    }

    /// How many bytes are to come, at least, of those that were not taken apart yet.
    pub(super) fn to_come(&self) -> Option<u64> {
        Some(self.length?.saturating_sub(self.body.read()))
    }

    pub(super) fn body(&self) -> &IncomingBody {
        &self.body
    }
}
