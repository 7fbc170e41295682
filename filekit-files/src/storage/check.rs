//! Tries whether files can be kept in a storage, and says what is wrong with it and what to do.

use std::fmt;
use std::io;

use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::storage::{DirectTarget, FileKey, Folder, Listing, SafeName, StagedFile, Storage};

/// Why files cannot be kept in a storage. As text it says what to do, too.
#[derive(Debug)]
pub struct StorageProblem {
    attempt: Attempt,
    cause: Cause,
    error: io::Error,
}

/// What was tried when it went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attempt {
    /// To keep a file.
    Write,
    /// To find and read it.
    Read,
    /// To list it.
    List,
    /// To remove it.
    Remove,
    /// To let a browser send one by itself.
    SendDirectly,
}

/// What is wrong, as far as the storage says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// There is no such bucket.
    NoBucket,
    /// The access key is not known.
    UnknownKey,
    /// The secret does not belong to the access key, or the region is another one.
    WrongSecret,
    /// The access key has no right to do this.
    NotAllowed,
    /// The bucket has no rule (CORS) that lets pages of this site send files to it.
    NoRuleForPages,
    /// The clock of this computer is wrong.
    WrongClock,
    /// Nothing answers.
    OutOfReach,
    /// There is no room.
    Full,
    /// It does what was asked, and the file is not what it was.
    Unfaithful,
    /// Something else.
    Other,
}

impl StorageProblem {
    /// What was tried.
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// What is wrong.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

/// Keeps a small file, finds, reads, lists and removes it.
///
/// # Errors
///
/// The first thing that goes wrong.
///
/// # Examples
///
/// ```no_run
/// use filekit_files::storage::{DiskStorage, check};
///
/// # async fn example() -> filekit_files::Result<()> {
/// let storage = DiskStorage::open("uploaded_files")?;
/// if let Err(problem) = check(&storage).await {
///     eprintln!("{problem}");
/// }
/// # Ok(()) }
/// ```
pub async fn check(storage: &impl Storage) -> Result<(), StorageProblem> {
    const CONTENT: &[u8] = b"filekit tries whether files can be kept here, and removes this one.";
    let problem = |attempt| move |error| StorageProblem::new(attempt, error);
    let name = SafeName::parse("filekit-check.txt").unwrap_or_else(|_| SafeName::nameless());
    let key = FileKey::random(&Folder::root(), &name).map_err(problem(Attempt::Write))?;
    let file = StagedFile::of_bytes(CONTENT, "text/plain");
    storage.create(&key, &file).await.map_err(problem(Attempt::Write))?;
    let checked = async {
        let found = storage.find(&key).await.map_err(problem(Attempt::Read))?;
        let found = found.ok_or_else(|| StorageProblem::unfaithful(Attempt::Read))?;
        let chunks = storage.read(&key, &found, 0..found.size).await.map_err(problem(Attempt::Read))?;
        let content = chunks.try_collect::<Vec<_>>().await.map_err(problem(Attempt::Read))?.concat();
        if content != CONTENT {
            return Err(StorageProblem::unfaithful(Attempt::Read));
        }
        // Shorter than the key: the client of Azure leaves out what is the prefix itself, as some stores have that for a folder.
        let prefix = key.as_str().strip_suffix(".txt").unwrap_or_default().to_owned();
        let listing = Listing { prefix, ..Listing::default() };
        let listed = storage.list(&listing).next().await.transpose().map_err(problem(Attempt::List))?;
        listed.map(|_| ()).ok_or_else(|| StorageProblem::unfaithful(Attempt::List))
    };
    let checked = checked.await;
    let removed = storage.remove(&key).await.map_err(problem(Attempt::Remove));
    checked.and(removed)
}

/// Tries whether files can be sent to a store in parts, and whether pages of these origins may do so by themselves.
///
/// # Errors
///
/// The first thing that is wrong: which right or rule is missing.
pub(crate) async fn check_direct(direct: &DirectTarget, origins: &[String]) -> Result<(), StorageProblem> {
    let problem = |error| StorageProblem::new(Attempt::SendDirectly, error);
    direct.check_rights().await.map_err(problem)?;
    for origin in origins {
        direct.check_origin(origin).await.map_err(problem)?;
    }
    Ok(())
}

impl StorageProblem {
    fn new(attempt: Attempt, error: io::Error) -> Self {
        Self { attempt, cause: cause(&error), error }
    }

    fn unfaithful(attempt: Attempt) -> Self {
        let error = io::Error::other("the file that was written is not there, or is another one");
        Self { attempt, cause: Cause::Unfaithful, error }
    }
}

/// The codes of S3 (Amazon, "Error responses") and what stands for them elsewhere.
const CODES: [(&str, Cause); 13] = [
    ("add the CORS rule", Cause::NoRuleForPages),
    ("NoSuchBucket", Cause::NoBucket),
    ("ContainerNotFound", Cause::NoBucket),
    ("The specified bucket does not exist", Cause::NoBucket),
    ("InvalidAccessKeyId", Cause::UnknownKey),
    ("SignatureDoesNotMatch", Cause::WrongSecret),
    ("AuthorizationHeaderMalformed", Cause::WrongSecret),
    ("AuthenticationFailed", Cause::WrongSecret),
    ("RequestTimeTooSkewed", Cause::WrongClock),
    ("AccessDenied", Cause::NotAllowed),
    ("AuthorizationPermissionMismatch", Cause::NotAllowed),
    ("error sending request", Cause::OutOfReach),
    ("HTTP error: error", Cause::OutOfReach),
];

fn cause(error: &io::Error) -> Cause {
    let text = chain(error);
    if let Some((_, cause)) = CODES.iter().find(|(code, _)| text.contains(code)) {
        return *cause;
    }
    match error.kind() {
        io::ErrorKind::PermissionDenied => Cause::NotAllowed,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Cause::Full,
        io::ErrorKind::ConnectionRefused | io::ErrorKind::TimedOut => Cause::OutOfReach,
        _ => Cause::Other,
    }
}

/// The error and what it comes from, as one text.
fn chain(error: &io::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}

impl Cause {
    fn cure(self, attempt: Attempt) -> &'static str {
        match self {
            Self::NoBucket => "there is no such bucket: make it, or name another one in `FILEKIT_STORAGE`",
            Self::UnknownKey => {
                "the store does not know the access key: look at `AWS_ACCESS_KEY_ID`, and at `AWS_ENDPOINT`"
            }
            Self::WrongSecret => {
                "the signature is wrong: look at `AWS_SECRET_ACCESS_KEY`, which has to belong to the access key, and at `AWS_REGION`"
            }
            Self::WrongClock => {
                "the clock of this computer is wrong: set it, best by NTP; the store allows for 15 minutes"
            }
            Self::OutOfReach => {
                "nothing answers there: look at `AWS_ENDPOINT`, and whether the store runs and a firewall lets this computer pass"
            }
            Self::NoRuleForPages => {
                "the bucket lets no pages of this site in: add the rule to its CORS configuration; until then files come through this server"
            }
            Self::Full => "there is no room left",
            Self::Unfaithful => "what is written there is not what is read: look at what stands in front of the store",
            Self::NotAllowed => match attempt {
                Attempt::Write => {
                    "this user may not write there: give it the right (S3: `s3:PutObject`, `s3:AbortMultipartUpload`)"
                }
                Attempt::Read => "this user may not read there: give it the right (S3: `s3:GetObject`)",
                Attempt::List => {
                    "this user may not list what is there: give it the right (S3: `s3:ListBucket` on the bucket itself)"
                }
                Attempt::Remove => "this user may not remove what is there: give it the right (S3: `s3:DeleteObject`)",
                Attempt::SendDirectly => {
                    "this user may not look after files that come in parts: give it the right (S3: `s3:PutObject`, `s3:ListMultipartUploadParts`, \
                     `s3:AbortMultipartUpload`)"
                }
            },
            Self::Other => "the log of the store may say more",
        }
    }
}

impl fmt::Display for StorageProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempt = match self.attempt {
            Attempt::Write => "kept in the storage",
            Attempt::Read => "read in the storage",
            Attempt::List => "listed in the storage",
            Attempt::Remove => "removed in the storage",
            Attempt::SendDirectly => "sent to the storage by browsers",
        };
        let cure = self.cause.cure(self.attempt);
        // What the store says may be a page.
        let said: String = chain(&self.error).chars().take(400).collect();
        write!(formatter, "files cannot be {attempt}: {cure} ({said})")
    }
}

impl std::error::Error for StorageProblem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
