//! From a file and a request to an answer.
//!
//! `plan` touches the disk and says what there is to be sent; `render` makes the answer of it. Where stored files are, and who sends them, is
//! `stored.rs`.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use axum_core::body::Body;
use axum_core::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    LAST_MODIFIED, RANGE,
};
use http::{HeaderValue, Method, StatusCode};

use crate::serving::Kind;
use crate::serving::body::{Piece, RemoteFile, body};
use crate::serving::by_proxy::{FileHeader, ServeByProxy, sends_the_same};
use crate::serving::description::{Description, DescriptionCache};
use crate::serving::preconditions::{Outcome, allows_ranges, evaluate};
use crate::serving::ranges::{Selection, select};
use crate::serving::validators::Validators;
use crate::storage::{Digests, Disk, DiskPace, FileKey, Lifetimes, Sha256, open, read, status};

/// Up to this size a file is read at once, when it is opened.
const SMALL: usize = 64 * 1024;

/// RFC 9530.
const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// A file of the disk to answer with.
#[derive(Debug)]
pub struct Target {
    /// Where it is.
    pub place: Place,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub kind: Kind,
}

/// Where a file of the disk is.
#[derive(Debug)]
pub enum Place {
    /// At this path.
    Path(PathBuf),
    /// In the upload directory, under this key.
    Stored(Disk, FileKey, Lifetimes),
}

/// What there is to be sent.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) size: u64,
    pub(super) description: Arc<Description>,
    /// Of the whole file, whatever part is sent; where it is known.
    pub(super) digest: Option<Sha256>,
    pub(super) answer: Answer,
}

/// What a request is answered with.
#[derive(Debug)]
pub(super) enum Answer {
    NotModified,
    /// A condition does not hold.
    Failed,
    Unsatisfiable,
    Send {
        content: Content,
        selection: Selection,
    },
    /// The proxy in front sends the bytes: all of them, or a part.
    ByProxy {
        file: FileHeader,
        is_part: bool,
    },
}

/// The bytes of a file.
#[derive(Debug)]
pub(super) enum Content {
    /// All of them.
    Here(Bytes),
    /// To be read from it.
    In(File),
    /// The same, from another storage than the disk.
    Remote(RemoteFile),
    /// They are not wanted.
    Unwanted,
}

/// What a request wants of a file.
pub(super) enum Wanted {
    NotModified,
    Failed,
    Unsatisfiable,
    /// What there is to know of it.
    Head,
    Bytes(Selection),
}

/// Answers a `GET` or `HEAD` with a file.
///
/// # Errors
///
/// `NotFound` if there is none, else what the system says.
pub async fn answer(target: Target, method: Method, headers: HeaderMap, disk: &Disk) -> io::Result<Response> {
    answer_by(None, target, method, headers, disk).await
}

/// Answers with a file, whose bytes the proxy in front sends if there is one that can.
///
/// # Errors
///
/// As [`answer`].
pub(super) async fn answer_by(
    proxy: Option<ServeByProxy>,
    target: Target,
    method: Method,
    headers: HeaderMap,
    disk: &Disk,
) -> io::Result<Response> {
    let known = Known { digests: disk.digests().clone(), descriptions: disk.descriptions().clone() };
    let asks_for_ranges = method == Method::GET && headers.contains_key(RANGE);
    let keeps_whole = asks_for_ranges && proxy.as_ref().is_some_and(ServeByProxy::cuts_ranges_of_its_own);
    let plan = disk.pace().work(move || plan(&target, proxy.as_ref(), &method, &headers, &known)).await?;
    let is_whole = matches!(plan.answer, Answer::Send { selection: Selection::Whole, .. });
    let mut response = render(plan, disk.pace());
    if keeps_whole && is_whole {
        response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("none"));
    }
    Ok(response)
}

/// What is remembered of files.
#[derive(Default)]
struct Known {
    digests: Digests,
    descriptions: DescriptionCache,
}

fn plan(
    target: &Target,
    proxy: Option<&ServeByProxy>,
    method: &Method,
    headers: &HeaderMap,
    known: &Known,
) -> io::Result<Plan> {
    let Found { metadata, description, bytes } = find(target, &known.descriptions)?;
    let size = metadata.len();
    let answer = match wanted(method, headers, &description.validators, size) {
        Wanted::NotModified => Answer::NotModified,
        Wanted::Failed => Answer::Failed,
        Wanted::Unsatisfiable => Answer::Unsatisfiable,
        Wanted::Head => Answer::Send { content: Content::Unwanted, selection: Selection::Whole },
        Wanted::Bytes(selection) => match proxy.and_then(|proxy| target.place.sent_by(proxy, headers, &selection)) {
            Some(file) => Answer::ByProxy { file, is_part: selection != Selection::Whole },
            None => Answer::Send { content: bytes.read(&metadata, &description)?, selection },
        },
    };
    Ok(Plan { size, description, digest: known.digests.of(&metadata), answer })
}

/// What a request wants of a file of this size, by its conditions and ranges.
pub(super) fn wanted(method: &Method, headers: &HeaderMap, validators: &Validators, size: u64) -> Wanted {
    match evaluate(headers, validators) {
        Outcome::NotModified => Wanted::NotModified,
        Outcome::Failed => Wanted::Failed,
        // Ranges are of answers to `GET` alone (RFC 9110, section 14.2).
        Outcome::Send if method != Method::GET => Wanted::Head,
        Outcome::Send if !allows_ranges(headers, validators, SystemTime::now()) => Wanted::Bytes(Selection::Whole),
        Outcome::Send => match select(headers, size) {
            Selection::Unsatisfiable => Wanted::Unsatisfiable,
            selection => Wanted::Bytes(selection),
        },
    }
}

/// A file as it is now.
struct Found {
    metadata: Metadata,
    description: Arc<Description>,
    bytes: Unread,
}

enum Unread {
    /// They need not be read.
    Kept(Bytes),
    In(File),
}

fn find(target: &Target, known: &DescriptionCache) -> io::Result<Found> {
    let path = target.place.path()?;
    let metadata = status(&path)?;
    target.place.check_end(&metadata)?;
    if let Some(description) = known.get(&metadata, &target.name, target.kind)
        && let Some(content) = description.content.get()
    {
        return Ok(Found { metadata, description, bytes: Unread::Kept(content) });
    }
    let (file, metadata) = open(&path)?;
    let description = known.describe(&file, &metadata, &target.name, target.kind)?;
    Ok(Found { metadata, description, bytes: Unread::In(file) })
}

impl Place {
    /// The path, if nothing on the way leads out of the upload directory.
    fn path(&self) -> io::Result<Cow<'_, Path>> {
        match self {
            Self::Path(path) => Ok(Cow::Borrowed(path)),
            Self::Stored(disk, key, _) => disk.safe_path_of(key).map(Cow::Owned),
        }
    }

    /// # Errors
    ///
    /// `NotFound` if the file has ended.
    fn check_end(&self, metadata: &Metadata) -> io::Result<()> {
        match self {
            Self::Stored(_, key, lifetimes) if lifetimes.have_ended(key, metadata.modified()?) => {
                Err(io::ErrorKind::NotFound.into())
            }
            Self::Path(_) | Self::Stored(..) => Ok(()),
        }
    }

    /// What tells the proxy in front which file to send, if it can send what is selected.
    fn sent_by(&self, proxy: &ServeByProxy, headers: &HeaderMap, selection: &Selection) -> Option<FileHeader> {
        match self {
            Self::Stored(disk, key, _) if sends_the_same(key, headers, selection) => Some(proxy.header(disk, key)),
            _ => None,
        }
    }
}

impl Unread {
    /// Reads all of a small file.
    fn read(self, metadata: &Metadata, description: &Description) -> io::Result<Content> {
        let file = match self {
            Self::Kept(content) => return Ok(Content::Here(content)),
            Self::In(file) => file,
        };
        match usize::try_from(metadata.len()) {
            Ok(length) if length <= SMALL => {
                let content = read(&file, 0, length)?;
                description.content.keep(&content, metadata, SystemTime::now());
                Ok(Content::Here(content))
            }
            _ => Ok(Content::In(file)),
        }
    }
}

pub(super) fn render(plan: Plan, pace: &DiskPace) -> Response {
    let Plan { size, description, digest, answer } = plan;
    let (content, selection) = match answer {
        Answer::NotModified => return without_body(StatusCode::NOT_MODIFIED, &description),
        Answer::Failed => return without_body(StatusCode::PRECONDITION_FAILED, &description),
        Answer::Unsatisfiable => {
            let mut response = without_body(StatusCode::RANGE_NOT_SATISFIABLE, &description);
            response.headers_mut().insert(CONTENT_RANGE, header(format!("bytes */{size}")));
            return response;
        }
        Answer::ByProxy { file, is_part } => return by_proxy(file, is_part, &description, digest),
        Answer::Send { content, selection } => (content, selection),
    };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    describe(headers, &description, digest);
    let (status, pieces) = match selection {
        Selection::Parts(parts) => (StatusCode::PARTIAL_CONTENT, partial(parts, size, headers)),
        Selection::Whole | Selection::Unsatisfiable => (StatusCode::OK, VecDeque::from([Piece::Range(0..size)])),
    };
    *response.body_mut() = match content {
        Content::Here(bytes) => from_memory(&bytes, &pieces),
        Content::In(file) => body(file, pieces, pace.clone()),
        Content::Remote(file) => file.body(pieces),
        Content::Unwanted => Body::empty(),
    };
    *response.status_mut() = status;
    response
}

fn describe(headers: &mut HeaderMap, description: &Description, digest: Option<Sha256>) {
    headers.clone_from(&description.headers);
    if let Some(digest) = digest {
        headers.insert(REPR_DIGEST, header(format!("sha-256=:{}:", STANDARD.encode(digest))));
    }
}

/// An answer without bytes, to which the proxy in front adds those of a file, and how many they are.
fn by_proxy(file: FileHeader, is_part: bool, description: &Description, digest: Option<Sha256>) -> Response {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    describe(headers, description, digest);
    headers.remove(CONTENT_LENGTH);
    // nginx says that it sends ranges where it sends none.
    if !is_part {
        headers.remove(ACCEPT_RANGES);
    }
    headers.insert(file.name, file.value);
    response
}

/// An answer with what there is to know of the file beside its content.
fn without_body(status: StatusCode, description: &Description) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    for name in [ACCEPT_RANGES, CACHE_CONTROL, ETAG, LAST_MODIFIED] {
        if let Some(value) = description.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// The pieces of an answer with parts of the file. Several come as `multipart/byteranges` (RFC 9110, section 14.6).
fn partial(parts: Vec<Range<u64>>, size: u64, headers: &mut HeaderMap) -> VecDeque<Piece> {
    let content_range = |range: &Range<u64>| format!("bytes {}-{}/{size}", range.start, range.end - 1);
    if let [range] = parts.as_slice() {
        headers.insert(CONTENT_RANGE, header(content_range(range)));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
        return VecDeque::from([Piece::Range(range.clone())]);
    }
    // The maker of the file cannot have foreseen the boundary, or the file could pass for other parts.
    let boundary = boundary();
    let multipart = header(format!("multipart/byteranges; boundary={boundary}"));
    let mime = headers.insert(CONTENT_TYPE, multipart);
    let mime = mime.as_ref().and_then(|mime| mime.to_str().ok()).unwrap_or_default();
    let mut pieces = VecDeque::with_capacity(2 * parts.len() + 1);
    for range in parts {
        let range_text = content_range(&range);
        let part = format!("\r\n--{boundary}\r\nContent-Type: {mime}\r\nContent-Range: {range_text}\r\n\r\n");
        pieces.push_back(Piece::Text(part.into()));
        pieces.push_back(Piece::Range(range));
    }
    pieces.push_back(Piece::Text(format!("\r\n--{boundary}--\r\n").into()));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(pieces.iter().map(Piece::length).sum::<u64>()));
    pieces
}

fn boundary() -> String {
    let mut random = [0; 16];
    // Without randomness it is the time, which is hard enough to foresee.
    if getrandom::fill(&mut random).is_err() {
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        random = time.as_nanos().to_le_bytes();
    }
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_memory(bytes: &Bytes, pieces: &VecDeque<Piece>) -> Body {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    let mut parts = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Range(range) => bytes.slice(place(range.start)..place(range.end)),
    });
    match (parts.next(), pieces.len()) {
        (Some(single), 1) => Body::from(single),
        (first, _) => Body::from(first.into_iter().chain(parts).collect::<Vec<_>>().concat()),
    }
}

fn header(text: String) -> HeaderValue {
    HeaderValue::from_str(&text).unwrap_or_else(|_| unreachable!("numbers, letters and what stands in a type"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_kept_of_a_file_is_sent_until_the_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let target = Target { place: Place::Path(path.clone()), name: "a".to_owned(), kind: Kind::Asset };
        let known = Known::default();
        let sent = || match plan(&target, None, &Method::GET, &HeaderMap::new(), &known).unwrap().answer {
            Answer::Send { content: Content::Here(bytes), .. } => bytes,
            answer => panic!("{answer:?}"),
        };
        std::fs::write(&path, "one").unwrap();
        assert_eq!(sent(), "one");
        let found = find(&target, &known.descriptions).unwrap();
        let later = SystemTime::now() + Duration::from_secs(10);
        // Something else than stands there, to see where it comes from.
        found.description.content.keep(&"kept".into(), &found.metadata, later);
        assert_eq!(sent(), found.description.content.get().unwrap_or_else(|| "one".into()));
        std::fs::write(&path, "two").unwrap();
        assert_eq!(sent(), "two");
        std::fs::remove_file(&path).unwrap();
        assert!(find(&target, &known.descriptions).is_err_and(|error| error.kind() == io::ErrorKind::NotFound));
    }
}
