//! Files one after the other, whatever brings them, each through the [`Intake`](crate::upload::Intake).

use bytes::Bytes;

use crate::error::FileRejection;
use crate::upload::{Failure, FileHead, FileParts, FileSequence, IncomingBody, Judged};

/// Files of a body, one after the other.
pub trait FileSource {
    /// Goes to the next file. What is left of the one at hand is skipped.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// If what follows is no file of these uploads, or one too many, or if it does not come; and then each time.
    fn next_file(&mut self) -> impl Future<Output = Result<Option<FileHead>, FileRejection>> + Send;

    /// The next piece of the file at hand, which is never empty.
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// If it does not come, or is refused; and then each time.
    fn piece(&mut self) -> impl Future<Output = Result<Option<Bytes>, FileRejection>> + Send;

    /// What the file at hand is.
    ///
    /// # Errors
    ///
    /// If it was not read to its end.
    fn judged(&self) -> Result<Judged, FileRejection>;

    /// The type of the file at hand, as far as it was read, judged by its content and its name.
    fn mime(&self) -> &'static str;

    /// Whether metadata is taken out of the file at hand when it has arrived, if it is a picture.
    fn strips_metadata(&self) -> bool;

    /// What went wrong, if anything does.
    fn failure(&self) -> &Failure;

    /// Where the files come from.
    fn body(&self) -> &IncomingBody;
}

/// Files of a body of either kind.
#[derive(Debug)]
pub enum AnyFiles {
    /// The parts of a multipart body.
    Parts(Box<FileParts>),
    /// Files that follow each other without anything in between.
    Sequence(Box<FileSequence>),
}

impl From<FileParts> for AnyFiles {
    fn from(files: FileParts) -> Self {
        Self::Parts(Box::new(files))
    }
}

impl From<FileSequence> for AnyFiles {
    fn from(files: FileSequence) -> Self {
        Self::Sequence(Box::new(files))
    }
}

impl FileSource for AnyFiles {
    async fn next_file(&mut self) -> Result<Option<FileHead>, FileRejection> {
        match self {
            Self::Parts(files) => files.next_file().await,
            Self::Sequence(files) => files.next_file().await,
        }
    }

    async fn piece(&mut self) -> Result<Option<Bytes>, FileRejection> {
        match self {
            Self::Parts(files) => files.piece().await,
            Self::Sequence(files) => files.piece().await,
        }
    }

    fn judged(&self) -> Result<Judged, FileRejection> {
        match self {
            Self::Parts(files) => files.judged(),
            Self::Sequence(files) => files.judged(),
        }
    }

    fn mime(&self) -> &'static str {
        match self {
            Self::Parts(files) => files.mime(),
            Self::Sequence(files) => files.mime(),
        }
    }

    fn strips_metadata(&self) -> bool {
        match self {
            Self::Parts(files) => files.strips_metadata(),
            Self::Sequence(files) => files.strips_metadata(),
        }
    }

    fn failure(&self) -> &Failure {
        match self {
            Self::Parts(files) => files.failure(),
            Self::Sequence(files) => files.failure(),
        }
    }

    fn body(&self) -> &IncomingBody {
        match self {
            Self::Parts(files) => files.body(),
            Self::Sequence(files) => files.body(),
        }
    }
}
