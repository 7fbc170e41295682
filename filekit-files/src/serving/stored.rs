//! Answers with stored files, wherever they are kept: from the disk, by the proxy in front, from another storage or with the way to it.

use std::io;
use std::sync::Arc;

use axum_core::response::Response;
use http::{HeaderMap, Method};
use tracing::Instrument as _;

use crate::serving::Kind;
use crate::serving::answer::{Answer, Content, Place, Plan, Target, Wanted, answer_by, render, wanted};
use crate::serving::body::RemoteFile;
use crate::serving::description::Description;
use crate::serving::ranges::Selection;
use crate::serving::redirect::redirect;
use crate::serving::validators::Validators;
use crate::serving::{SentFile, watched};
use crate::spans;
use crate::storage::{AnyStorage, DiskPace, FileKey, StoredFiles};

/// Answers a `GET` or `HEAD` with a stored file, wherever it is kept.
///
/// # Errors
///
/// `NotFound` if there is none, else what the storage says.
pub async fn answer_stored(
    key: &FileKey,
    kind: Kind,
    method: Method,
    headers: HeaderMap,
    files: &StoredFiles,
) -> io::Result<Response> {
    let sent = SentFile::stored(key, &method);
    let answered = answer_unwatched(key, kind, method, headers, files).instrument(spans::serve(key.as_str()));
    Ok(watched(answered.await?, sent))
}

async fn answer_unwatched(
    key: &FileKey,
    kind: Kind,
    method: Method,
    headers: HeaderMap,
    files: &StoredFiles,
) -> io::Result<Response> {
    let disk = files.disk();
    let Some(storage) = files.storage() else {
        let target =
            Target { place: Place::Stored(disk.clone(), key.clone(), files.lifetimes()), name: key.name(), kind };
        return answer_by(files.by_proxy().cloned(), target, method, headers, disk).await;
    };
    Ok(Remote::find(storage, key, kind, files).await?.answer(&method, &headers, disk.pace()))
}

/// Answers a `GET` or `HEAD` for the link of a stored file: as [`answer_stored`], or with the way to the storage where links lead there.
///
/// # Errors
///
/// `NotFound` if there is none, else what the storage says.
pub async fn answer_link(
    key: &FileKey,
    kind: Kind,
    method: Method,
    headers: HeaderMap,
    files: &StoredFiles,
) -> io::Result<Response> {
    let Some(storage) = files.storage().filter(|_| files.lead_to_storage()) else {
        return answer_stored(key, kind, method, headers, files).await;
    };
    let sent = SentFile::stored(key, &method);
    let answered = lead_or_answer(storage, key, kind, (method, headers), files).instrument(spans::serve(key.as_str()));
    Ok(watched(answered.await?, sent))
}

async fn lead_or_answer(
    storage: &AnyStorage,
    key: &FileKey,
    kind: Kind,
    (method, headers): (Method, HeaderMap),
    files: &StoredFiles,
) -> io::Result<Response> {
    let remote = Remote::find(storage, key, kind, files).await?;
    if let Wanted::Bytes(_) = remote.wanted(&method, &headers)
        && let Some(redirect) = redirect(&remote.file, &remote.description).await
    {
        return Ok(redirect);
    }
    Ok(remote.answer(&method, &headers, files.disk().pace()))
}

/// A file in another storage than the disk, as it is now.
struct Remote {
    file: RemoteFile,
    description: Arc<Description>,
}

impl Remote {
    async fn find(storage: &AnyStorage, key: &FileKey, kind: Kind, files: &StoredFiles) -> io::Result<Self> {
        let file = RemoteFile::find(storage, key).await?;
        files.check_end(key, file.found.modified)?;
        let validators = if files.lead_to_storage() { Validators::of_storage } else { Validators::of_stored };
        let description = files.disk().descriptions().describe_remote(&file, kind, validators).await?;
        Ok(Self { file, description })
    }

    fn wanted(&self, method: &Method, headers: &HeaderMap) -> Wanted {
        wanted(method, headers, &self.description.validators, self.file.found.size)
    }

    fn answer(self, method: &Method, headers: &HeaderMap, pace: &DiskPace) -> Response {
        let answer = match self.wanted(method, headers) {
            Wanted::NotModified => Answer::NotModified,
            Wanted::Failed => Answer::Failed,
            Wanted::Unsatisfiable => Answer::Unsatisfiable,
            Wanted::Head => Answer::Send { content: Content::Unwanted, selection: Selection::Whole },
            Wanted::Bytes(selection) => Answer::Send { content: Content::Remote(self.file.clone()), selection },
        };
        render(Plan { size: self.file.found.size, description: self.description, digest: None, answer }, pace)
    }
}
