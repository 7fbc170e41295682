//! Puts the arguments of an event together, wherever they come from: captured when the page was made, worked out by a script,
//! typed into a form, and files.

use serde_json::value::RawValue;

use crate::error::{FileRejection, Rejection, Result};
use crate::event::{Argument, Arguments, EventDefinition};
use crate::guard::CheckedFiles;
use crate::offer::{Grant, GrantedArgument};
use crate::storage::SaveTransaction;
use crate::upload::{AnyFiles, FileStore, Rules, UploadId, UploadStream};

/// The values of a call that its page did not know, in the order of the parameters.
#[derive(Debug)]
pub(crate) enum Values {
    /// The values that a script has evaluated. A null value holds the place of files.
    Json(std::vec::IntoIter<Box<RawValue>>),
    /// The fields that a form sends for its controls, for one event after the other.
    Fields(std::vec::IntoIter<Vec<String>>),
    None,
}

impl Values {
    /// Reads the list that a script sends.
    ///
    /// # Errors
    ///
    /// If the JSON is no list.
    pub(crate) fn of_json(json: &RawValue) -> Result<Self, Rejection> {
        let values: Vec<Box<RawValue>> = serde_json::from_str(json.get()).map_err(|_| wrong_number())?;
        Ok(Self::Json(values.into_iter()))
    }

    pub(crate) fn of_fields(fields: impl IntoIterator<Item = Vec<String>>) -> Self {
        Self::Fields(fields.into_iter().collect::<Vec<_>>().into_iter())
    }

    fn next(&mut self) -> Result<Argument, Rejection> {
        match self {
            Self::Json(values) => values.next().map(Argument::Evaluated).ok_or_else(wrong_number),
            Self::Fields(fields) => {
                fields.next().map(Argument::Field).ok_or_else(|| Rejection::malformed("a form names too few fields"))
            }
            Self::None => Err(wrong_number()),
        }
    }

    /// Passes the place of files.
    fn pass_files(&mut self) -> Result<(), Rejection> {
        match self {
            Self::Json(values) => values.next().map(drop).ok_or_else(wrong_number),
            Self::Fields(_) | Self::None => Ok(()),
        }
    }

    /// Checks that a script has sent no more than its event takes.
    ///
    /// # Errors
    ///
    /// If it has sent more.
    pub(crate) fn end(&self) -> Result<(), Rejection> {
        match self {
            Self::Json(values) if !values.as_slice().is_empty() => Err(wrong_number()),
            Self::Json(_) | Self::Fields(_) | Self::None => Ok(()),
        }
    }
}

fn wrong_number() -> Rejection {
    Rejection::malformed("the number of arguments is not that of the event")
}

/// The files of a call.
pub(crate) enum CallFiles {
    /// All of them, which have arrived and passed their checks.
    Received(CheckedFiles),
    /// The files one after the other, while they arrive: for the first event that takes files.
    Arriving(Option<Box<(AnyFiles, FileStore)>>),
}

impl CallFiles {
    pub(crate) fn none() -> Self {
        Self::Received(CheckedFiles::default())
    }

    pub(crate) fn arriving(files: impl Into<AnyFiles>, store: FileStore) -> Self {
        Self::Arriving(Some(Box::new((files.into(), store))))
    }

    /// Checks that an event finds as many files as it takes: no files may have come, an event before it may have taken them,
    /// and those of a form around a page were counted before the event was known.
    ///
    /// # Errors
    ///
    /// If there are more or fewer; or if the event takes files while they arrive, which are to be checked before.
    fn check(&self, grant: &Grant) -> Result<()> {
        let files = match self {
            Self::Received(files) => files,
            Self::Arriving(_) => return Ok(check_stream(grant)?),
        };
        for (upload, Rules { limits, .. }) in grant.uploads() {
            let count = files.of_upload(&upload).len();
            if let Some(limit) = limits.min_files.filter(|limit| count < *limit as usize) {
                return Err(FileRejection::too_few_files(limit).into());
            }
            if let Some(limit) = limits.max_files.filter(|limit| count > *limit as usize) {
                return Err(FileRejection::too_many_files(limit).into());
            }
        }
        Ok(())
    }

    /// The files of an upload, which are saved through `saves`: each event succeeds or fails by itself.
    fn take(&mut self, upload: &UploadId, saves: &SaveTransaction) -> Result<Argument, Rejection> {
        match self {
            Self::Received(files) => {
                let mut files = files.take(upload);
                files.iter_mut().for_each(|file| file.save_within(saves.share()));
                Ok(Argument::Files(files))
            }
            Self::Arriving(files) => {
                let (parts, store) = *files.take().ok_or_else(several_streams)?;
                let store = FileStore { saves: saves.share(), ..store };
                Ok(Argument::Stream(Box::new(UploadStream::new(parts, store))))
            }
        }
    }
}

/// Checks that an event which reads files while they arrive has no upload whose files are to be checked before.
///
/// # Errors
///
/// If it has.
fn check_stream(grant: &Grant) -> Result<(), CheckedStream> {
    let upload = grant.uploads().into_iter().find(|(_, rules)| rules.check.is_some());
    match upload.zip(EventDefinition::find(grant.event)) {
        Some(((upload, _), event)) => Err(CheckedStream { upload, event }),
        None => Ok(()),
    }
}

/// A program has a check for files that its event reads while they arrive.
#[derive(Debug)]
struct CheckedStream {
    upload: UploadId,
    event: &'static EventDefinition,
}

impl std::fmt::Display for CheckedStream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { upload, event } = self;
        write!(
            formatter,
            "the upload `{upload}` has a check, and `{}::{}` would read its files before it: \
             let the event take `Vec<UploadFile>`, or leave `check` out and look at the bytes in the event",
            event.state, event.name
        )
    }
}

impl std::error::Error for CheckedStream {}

/// Several events of one call would read the same files.
pub(crate) fn several_streams() -> Rejection {
    Rejection::malformed("files that are read while they arrive go to one event alone")
}

/// The arguments of one event.
///
/// # Errors
///
/// If there are fewer values than the event takes, or not as many files as its rules ask for.
pub(crate) fn arguments(
    grant: Grant,
    values: &mut Values,
    files: &mut CallFiles,
    saves: &SaveTransaction,
) -> Result<Arguments> {
    files.check(&grant)?;
    let mut has_stream = false;
    let argument = |argument| match argument {
        GrantedArgument::Captured(value) => Ok(Argument::Captured(value)),
        GrantedArgument::Client => values.next(),
        // The first parameter reads all of them.
        GrantedArgument::Files(_) if has_stream => values.pass_files().map(|()| Argument::Files(Vec::new())),
        GrantedArgument::Files(upload) => {
            values.pass_files()?;
            let taken = files.take(&upload, saves)?;
            has_stream = matches!(taken, Argument::Stream(_));
            Ok(taken)
        }
    };
    Ok(grant.arguments.into_iter().map(argument).collect::<Result<_, Rejection>>()?)
}
