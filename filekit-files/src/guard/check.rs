//! Checks of files that have arrived: what a check is, which there are, and what becomes of files that one does not pass. A check of
//! filekit's own is `clamav.rs`.
//!
//! ```text
//! a view is rendered -> CheckId: signed into the rules of the upload, and the check noted under it
//! files have arrived -> CheckedFiles: each file has passed the check that the rules name, or all are refused
//! ```

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::pin::Pin;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::error::{Error, FileRejection, caught};
use crate::guard::FileEventKind;
use crate::upload::{Received, Rules, UploadFile, UploadId};

/// How many files of a request are checked at a time.
const AT_A_TIME: usize = 4;

/// What a check says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a verdict has no effect unless the check returns it"]
pub enum Verdict {
    /// The file may be taken.
    Clean,
    /// The file is refused, and with it all that came in the same call. The words are shown to the visitor: `It holds macros.`
    Refuse(String),
    /// The check cannot tell, because what it asks does not answer for example. The file is refused as well, unless the program says
    /// `check_open(true)`.
    Unknown,
}

/// A check that says of each file of an upload whether it may be taken, when the file has arrived and before an event gets it.
///
/// Every async function or async closure that takes a `&UploadFile` and returns a [`Verdict`], or a `Result` of one, is a check. A
/// closure captures nothing. What a check needs besides the file is in a type that implements this trait.
///
/// # Contract
///
/// - A check leaves no trace of a file that would matter if the file is refused later on.
/// - It may be called more than once for a file, by several servers at a time, and its future may be dropped at any time: when the visitor
///   goes away, or the time for a check is over.
/// - Values of one type with the same [`identity`](Self::identity) decide in the same way. A page names its checks by type and identity, so
///   the server may use another such value.
///
/// # Examples
///
/// ```
/// use filekit_files::Result;
/// use filekit_files::guard::Verdict;
/// use filekit_files::upload::{Upload, UploadFile};
///
/// /// Refuses what is no whole PDF.
/// async fn whole_pdf(file: &UploadFile) -> Result<Verdict> {
///     Ok(match file.bytes().await?.trim_ascii_end().ends_with(b"%%EOF") {
///         true => Verdict::Clean,
///         false => Verdict::Refuse("It breaks off before its end.".to_owned()),
///     })
/// }
///
/// fn papers() -> Upload {
///     Upload::new("papers").accept(&["application/pdf"]).max_size(20_000_000).check(whole_pdf)
/// }
/// ```
///
/// A check with something of its own says what tells it from others of its type:
///
/// ```
/// use std::borrow::Cow;
///
/// use filekit_files::guard::{Check, Verdict};
/// use filekit_files::upload::UploadFile;
///
/// #[derive(Clone)]
/// struct NoName(&'static str);
///
/// impl Check for NoName {
///     async fn check(&self, file: &UploadFile) -> Verdict {
///         match file.name().as_str() == self.0 {
///             true => Verdict::Refuse("Give it another name.".to_owned()),
///             false => Verdict::Clean,
///         }
///     }
///
///     fn identity(&self) -> Cow<'_, str> {
///         self.0.into()
///     }
/// }
/// ```
///
/// A closure with something of its own is none:
///
/// ```compile_fail
/// use std::future::ready;
///
/// use filekit_files::guard::Verdict;
/// use filekit_files::upload::{Upload, UploadFile};
///
/// let limit = 3;
/// let verdict = move |size| if size > limit { Verdict::Unknown } else { Verdict::Clean };
/// Upload::new("papers").check(move |file: &UploadFile| ready(verdict(file.size())));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a check of files",
    label = "expected an async function of `&UploadFile` that returns a `Verdict`",
    note = "an async closure says the type of its parameter: `async |file: &UploadFile| ..`"
)]
pub trait Check: Clone + Send + Sync + 'static {
    /// Says whether a file may be taken.
    fn check(&self, file: &UploadFile) -> impl Future<Output = Verdict> + Send;

    /// What tells this check from others of its type. It comes from the program's configuration and not from its visitors: each one is
    /// remembered as long as the process lives. Default: nothing, for a type without anything in it; for any other that is an error of the
    /// compiler.
    fn identity(&self) -> Cow<'_, str> {
        const {
            assert!(
                size_of::<Self>() == 0,
                "a check captures nothing; one that holds something implements `Check` with an `identity`"
            );
        }
        Cow::Borrowed("")
    }
}

/// An async function that says whether a file may be taken.
///
/// It is written out because no bound on `AsyncFn` says that the future can be sent to another thread.
pub trait FileCheck<'a>: Clone + Send + Sync + 'static {
    /// What the function returns.
    type Future: Future<Output: Into<Verdict>> + Send + 'a;

    /// Calls the function.
    fn call(&self, file: &'a UploadFile) -> Self::Future;
}

impl<'a, F, Answer> FileCheck<'a> for F
where
    F: Fn(&'a UploadFile) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output: Into<Verdict>> + Send + 'a,
{
    type Future = Answer;

    fn call(&self, file: &'a UploadFile) -> Answer {
        self(file)
    }
}

#[diagnostic::do_not_recommend]
impl<F: for<'a> FileCheck<'a>> Check for F {
    async fn check(&self, file: &UploadFile) -> Verdict {
        self.call(file).await.into()
    }
}

impl From<Result<Verdict, Error>> for Verdict {
    /// An error is for the log, and says nothing of the file.
    fn from(result: Result<Self, Error>) -> Self {
        result.unwrap_or_else(|error| {
            tracing::error!(error = ?error.to_string(), "a check of a file failed");
            Self::Unknown
        })
    }
}

/// Names a check in the signed rules of an upload: a digest of its type and its identity.
///
/// All servers of one program have the same ids. Those of another build may have others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckId(u64);

type Verdicts<'a> = Pin<Box<dyn Future<Output = Verdict> + Send + 'a>>;

/// A check of any type.
trait AnyCheck: Send + Sync {
    fn verdict<'a>(&'a self, file: &'a UploadFile) -> Verdicts<'a>;
}

impl<C: Check> AnyCheck for C {
    fn verdict<'a>(&'a self, file: &'a UploadFile) -> Verdicts<'a> {
        Box::pin(self.check(file))
    }
}

/// The checks that this process has come across. An id means the same wherever it is used, so there is one list.
static KNOWN: LazyLock<RwLock<HashMap<CheckId, Arc<dyn AnyCheck>>>> = LazyLock::new(RwLock::default);

impl CheckId {
    /// The id of a check, which is known from now on.
    pub fn of<C: Check>(check: &C) -> Self {
        let mut hasher = DefaultHasher::new();
        (TypeId::of::<C>(), check.identity()).hash(&mut hasher);
        let id = Self(hasher.finish());
        // Nothing that holds the lock can panic half-way.
        if !id.is_known() {
            KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(check.clone()));
        }
        id
    }

    /// Whether this process has come across the check. It has not if it started after the page was made, and has not made it since.
    #[must_use]
    pub fn is_known(self) -> bool {
        KNOWN.read().unwrap_or_else(PoisonError::into_inner).contains_key(&self)
    }

    fn find(self) -> Option<Arc<dyn AnyCheck>> {
        KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&self).cloned()
    }
}

/// How long checks may take, and what becomes of files that none could judge.
#[derive(Clone, Copy, Debug)]
pub struct CheckPolicy {
    /// So long a check may take for one file.
    pub timeout: Duration,
    /// Whether files are taken that could not be checked.
    pub is_open: bool,
}

impl CheckPolicy {
    /// A minute, and nothing is taken that was not checked.
    pub const DEFAULT: Self = Self { timeout: Duration::from_secs(60), is_open: false };
}

impl Default for CheckPolicy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Files that have passed the checks of their uploads.
#[derive(Debug, Default)]
pub struct CheckedFiles(Received);

impl CheckedFiles {
    /// Checks all files. An upload may stand among the rules more than once; all of its checks count.
    ///
    /// # Errors
    ///
    /// If a check refuses a file, or cannot judge it and the policy is not open. A check that this process does not know refuses it
    /// always.
    pub async fn of(files: Received, rules: &[(UploadId, Rules)], policy: CheckPolicy) -> Result<Self, FileRejection> {
        for (upload, Rules { check, .. }) in rules {
            if let (Some(check), Some(files)) = (check, files.get(upload)) {
                pass(*check, files, policy).await?;
            }
        }
        Ok(Self(files))
    }

    /// The files of an upload, in their order.
    #[must_use]
    pub fn of_upload(&self, upload: &UploadId) -> &[UploadFile] {
        self.0.get(upload).map_or(&[], Vec::as_slice)
    }

    /// Takes the files of an upload.
    pub fn take(&mut self, upload: &UploadId) -> Vec<UploadFile> {
        self.0.remove(upload).unwrap_or_default()
    }

    /// Each file by itself, for calls that take one.
    pub fn one_by_one(self) -> impl Iterator<Item = Self> {
        let files =
            self.0.into_iter().flat_map(|(upload, files)| files.into_iter().map(move |file| (upload.clone(), file)));
        files.map(|(upload, file)| Self(Received::from([(upload, vec![file])])))
    }
}

/// Has a check look at files.
async fn pass(check: CheckId, files: &[UploadFile], policy: CheckPolicy) -> Result<(), FileRejection> {
    // As a list, since the compiler cannot tell that a stream of them can be sent to another thread.
    let judged: Vec<_> = files.iter().map(|file| judge(check, file, policy).boxed()).collect();
    stream::iter(judged).buffered(AT_A_TIME).try_collect().await
}

async fn judge(check: CheckId, file: &UploadFile, policy: CheckPolicy) -> Result<(), FileRejection> {
    let name = || file.last_client_name().to_owned();
    let Some(check) = check.find() else {
        tracing::error!(file = ?name(), "a file is refused, as this server does not know the check that its page names");
        return Err(FileRejection::NotChecked { name: name() });
    };
    let begun = Instant::now();
    let judged = timeout(policy.timeout, caught(async { check.verdict(file).await })).await;
    let verdict = match &judged {
        Ok(Ok(Verdict::Clean)) => "clean",
        Ok(Ok(Verdict::Refuse(_))) => "refused",
        Ok(Ok(Verdict::Unknown) | Err(_)) | Err(_) => "unknown",
    };
    file.observers().emit(FileEventKind::Checked { verdict }, |event| {
        event.with_name(file.name().as_str()).with_bytes(file.size()).with_duration(begun.elapsed())
    });
    let reason = match judged {
        Ok(Ok(Verdict::Clean)) => return Ok(()),
        Ok(Ok(Verdict::Refuse(words))) => {
            return Err(FileRejection::RefusedByCheck { name: name(), words });
        }
        Ok(Ok(Verdict::Unknown)) => "its check does not know".to_owned(),
        Ok(Err(panic)) => panic.to_string(),
        Err(_) => format!("its check takes longer than {:?}", policy.timeout),
    };
    match policy.is_open {
        true => {
            tracing::warn!(file = ?name(), reason, "a file could not be checked, and is taken all the same");
            Ok(())
        }
        false => {
            tracing::error!(file = ?name(), reason, "a file could not be checked, and is refused");
            Err(FileRejection::NotChecked { name: name() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn one(_: &UploadFile) -> Verdict {
        Verdict::Clean
    }

    async fn other(_: &UploadFile) -> Verdict {
        Verdict::Clean
    }

    #[derive(Clone)]
    struct Named(&'static str);

    impl Check for Named {
        async fn check(&self, _: &UploadFile) -> Verdict {
            Verdict::Unknown
        }

        fn identity(&self) -> Cow<'_, str> {
            self.0.into()
        }
    }

    #[test]
    fn a_check_has_one_id_and_no_other_has_the_same() {
        let closures =
            [CheckId::of(&async |_: &UploadFile| Verdict::Clean), CheckId::of(&async |_: &UploadFile| Verdict::Clean)];
        let ids = [
            CheckId::of(&one),
            CheckId::of(&other),
            closures[0],
            closures[1],
            CheckId::of(&Named("a")),
            CheckId::of(&Named("b")),
        ];
        assert_eq!([CheckId::of(&one), CheckId::of(&Named("b"))], [ids[0], ids[5]]);
        let different: std::collections::HashSet<_> = ids.into_iter().collect();
        assert_eq!(different.len(), ids.len());
        assert!(ids.into_iter().all(CheckId::is_known) && !CheckId(ids[0].0 ^ 1).is_known());
    }
}
