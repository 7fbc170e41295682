//! Partial uploads without a server: what is kept, joined and judged.

use axum_core::body::Body;
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::HeaderMap;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::storage::{Disk, PartialBounds, SaveTransaction, StoredFiles};
use crate::upload::Rules;

const OWNER: PartialOwner = PartialOwner::new([1; 16]);

/// An upload directory.
struct Directory {
    _folder: TempDir,
    disk: Disk,
    spool: Spool,
    partials: Partials,
}

impl Directory {
    fn new() -> Self {
        Self::with(PartialBounds::DEFAULT)
    }

    fn with(bounds: PartialBounds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let spool = Spool::open(&disk).unwrap();
        let partials = Partials::open(&disk, bounds).unwrap();
        Self { _folder: folder, disk, spool, partials }
    }

    /// Begins an upload of one file.
    async fn create(&self, size: Option<u64>) -> PartialUpload {
        let plan = json!({ "call": {}, "files": [{ "upload": "a", "name": "a.bin", "size": size }] });
        let plan = UploadPlan::parse(plan.to_string().as_bytes()).unwrap();
        PartialUpload::create(&self.partials, &self.spool, OWNER, plan).await.unwrap()
    }

    /// The same upload for another request.
    async fn again(&self, upload: PartialUpload) -> PartialUpload {
        let id = upload.partial().id();
        drop(upload);
        PartialUpload::open(self.partials.claim(OWNER, id).await.unwrap(), &self.spool).await.unwrap()
    }

    /// The content of the file, when all of it is there.
    async fn finish(&self, upload: PartialUpload) -> Vec<u8> {
        let saves = SaveTransaction::default().share();
        let store = FileStore { files: StoredFiles::on_disk(self.disk.clone()), spool: self.spool.clone(), saves };
        let (received, _held) = upload.finish(&store).await.unwrap();
        received.values().flatten().next().unwrap().bytes().await.unwrap().to_vec()
    }
}

fn rules() -> RuleBook {
    RuleBook::new(vec![("a".into(), Rules::default())])
}

fn body(content: &'static str) -> IncomingBody {
    IncomingBody::new(&HeaderMap::new(), Body::from(content).into_data_stream(), u64::MAX)
}

/// A body that breaks off.
fn cut(content: &'static str) -> IncomingBody {
    let frames = [Ok(Bytes::from_static(content.as_bytes())), Err(std::io::Error::other("the line is cut"))];
    IncomingBody::new(&HeaderMap::new(), Body::from_stream(stream::iter(frames)).into_data_stream(), u64::MAX)
}

/// What lies in the folder of an upload.
fn lies(upload: &PartialUpload, name: &str) -> bool {
    upload.partial().folder().path_of(0).with_file_name(name).exists()
}

#[tokio::test]
async fn bytes_that_do_not_fit_their_digest_are_thrown_away() {
    let directory = Directory::new();
    let mut upload = directory.create(Some(10)).await;
    assert_eq!(upload.append(&body("hello"), rules()).await.unwrap(), Appended::More);
    assert_eq!(upload.append_if(&body("w"), rules(), || false).await.unwrap(), None);
    assert_eq!(upload.offset(), 5);
    // Also where they would have been the last.
    assert_eq!(upload.append_if(&body("WORLD"), rules(), || false).await.unwrap(), None);
    assert_eq!(upload.offset(), 5);
    assert_eq!(upload.append_if(&body("wor"), rules(), || true).await.unwrap(), Some(Appended::More));
    let mut upload = directory.again(upload).await;
    assert_eq!(upload.offset(), 8);
    assert_eq!(upload.append_if(&body("ld"), rules(), || true).await.unwrap(), Some(Appended::Complete));
    assert_eq!(directory.finish(upload).await, b"helloworld");
}

#[tokio::test]
async fn bytes_whose_digest_is_not_known_yet_do_not_count_after_a_break() {
    let directory = Directory::new();
    let mut upload = directory.create(Some(10)).await;
    upload.append(&body("hello"), rules()).await.unwrap();
    assert!(upload.append_if(&cut("wor"), rules(), || true).await.is_err());
    assert_eq!(upload.offset(), 5);
    // As a killed server leaves it.
    upload.partial().folder().doubt_after(5).unwrap();
    upload.append(&body("wor"), rules()).await.unwrap();
    let mut upload = directory.again(upload).await;
    assert_eq!((upload.offset(), lies(&upload, "unchecked")), (5, false));
    upload.append(&body("world"), rules()).await.unwrap();
    assert_eq!(directory.finish(upload).await, b"helloworld");
}

#[tokio::test]
async fn a_file_that_begins_anew_has_nothing_of_the_old_one() {
    let directory = Directory::new();
    let mut upload = directory.create(Some(5)).await;
    upload.append(&body("HEL"), rules()).await.unwrap();
    upload.begin_anew().await.unwrap();
    assert_eq!(upload.offset(), 0);
    let mut upload = directory.again(upload).await;
    assert_eq!(upload.append(&body("hello"), rules()).await.unwrap(), Appended::Complete);
    assert_eq!(directory.finish(upload).await, b"hello");
}

#[tokio::test]
async fn uploads_are_put_together_in_their_order() {
    let directory = Directory::new();
    let mut parts = Vec::new();
    for content in ["one, ", "", "two, ", "three"] {
        let mut part = directory.create(Some(content.len() as u64)).await;
        part.append(&body(content), rules()).await.unwrap();
        part.keep().await.unwrap();
        parts.push(directory.again(part).await);
    }
    let mut whole = directory.create(Some(15)).await;
    let parts: Vec<&PartialUpload> = parts.iter().collect();
    assert_eq!(whole.append_uploads(&parts, rules()).await.unwrap(), Appended::Complete);
    assert_eq!(directory.finish(whole).await, b"one, two, three");
}

#[tokio::test]
async fn what_became_of_an_upload_is_kept_without_its_bytes() {
    let directory = Directory::new();
    let mut upload = directory.create(Some(5)).await;
    upload.append(&body("hello"), rules()).await.unwrap();
    let files = upload.partial().files();
    files.begin().unwrap();
    assert!(upload.partial().has_begun());
    files.settle(b"well done");
    drop(files);
    let upload = directory.again(upload).await;
    assert_eq!(upload.partial().outcome().await.unwrap().as_deref(), Some(&b"well done"[..]));
    assert!(!upload.partial().has_begun() && !lies(&upload, "0"), "nothing else is kept");
    // A server that starts has nothing to take back.
    let done = upload.partial().folder().path_of(0).with_file_name("done");
    drop(upload);
    Partials::open(&directory.disk, PartialBounds::DEFAULT).unwrap();
    assert!(done.exists());
}

#[tokio::test]
async fn what_is_kept_for_questions_alone_makes_room_first() {
    let directory = Directory::new();
    let waiting = directory.create(Some(5)).await.partial().id();
    let settled = {
        let upload = directory.create(Some(5)).await;
        upload.partial().files().settle(b"done");
        upload.partial().id()
    };
    for _ in 2..=PartialBounds::DEFAULT.per_owner {
        drop(directory.create(Some(5)).await);
    }
    assert!(directory.partials.contains(OWNER, waiting), "it has waited longer");
    assert!(!directory.partials.contains(OWNER, settled));
}

/// Sends frames of a mebibyte, each of which is there at once, and says after how many a newer request comes.
async fn superseded(frames: usize, length: u64) -> (Error, u64) {
    let directory = Directory::new();
    let mut upload = directory.create(Some(length)).await;
    let id = upload.partial().id();
    let newer = directory.partials.claim(OWNER, id);
    tokio::pin!(newer);
    assert!(newer.as_mut().now_or_never().is_none(), "the first one holds it");
    let frames = stream::repeat(Bytes::from(vec![7; 1 << 20])).take(frames).map(Ok::<_, io::Error>);
    let body = IncomingBody::new(
        &HeaderMap::new(),
        Body::from_stream(frames.chain(stream::pending())).into_data_stream(),
        u64::MAX,
    );
    let error = upload.append(&body, rules()).await.unwrap_err();
    let offset = upload.offset();
    (error, offset)
}

#[tokio::test]
async fn what_is_here_already_is_kept_when_a_newer_request_comes() {
    let (error, offset) = superseded(5, 100 << 20).await;
    assert!(matches!(error.downcast_ref(), Some(FileRejection::Superseded)), "{error}");
    assert_eq!(offset, 5 << 20);
}

#[tokio::test]
async fn a_sender_that_never_waits_makes_way_for_a_newer_request() {
    let (error, offset) = superseded(usize::MAX, 100 << 20).await;
    assert!(matches!(error.downcast_ref(), Some(FileRejection::Superseded)), "{error}");
    assert_eq!(offset, MAX_IN_HAND as u64);
}

#[tokio::test]
async fn an_upload_of_unknown_size_has_no_more_room_than_others() {
    let directory = Directory::with(PartialBounds { bytes_per_owner: 1_000, ..PartialBounds::DEFAULT });
    let waiting = directory.create(Some(300)).await.partial().id();
    let at_work = directory.create(Some(600)).await;
    let mut upload = directory.create(None).await;
    upload.append(&body("seven.."), rules()).await.unwrap();
    assert!(directory.partials.contains(OWNER, waiting), "there is room for all of them");
    let frames =
        stream::iter([[b'x'; 300], [b'y'; 300]].map(|frame| Ok::<_, io::Error>(Bytes::copy_from_slice(&frame))));
    let frames = IncomingBody::new(&HeaderMap::new(), Body::from_stream(frames).into_data_stream(), u64::MAX);
    let error = upload.append(&frames, rules()).await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(FileRejection::TooManyUnfinished)), "{error}");
    assert!(!PartialUpload::is_over(&error));
    assert!(!directory.partials.contains(OWNER, waiting), "it made room as long as it could");
    let mut upload = directory.again(upload).await;
    assert_eq!(upload.offset(), 307);
    assert!(upload.set_length(500).await.is_err(), "nor may it be said to be longer");
    drop(at_work);
    upload.append(&body("more"), rules()).await.unwrap();
    upload.set_length(900).await.unwrap();
    assert_eq!(upload.length(), Some(900));
}

#[tokio::test]
async fn the_next_request_waits_for_a_write_that_outlives_its_request() {
    let directory = Directory::new();
    let upload = directory.create(Some(5)).await;
    let id = upload.partial().id();
    // What a blocking thread has.
    let write = Arc::clone(upload.partial().folder());
    drop(upload);
    let next = directory.partials.claim(OWNER, id);
    tokio::pin!(next);
    let early = next.as_mut().now_or_never();
    assert!(early.is_none(), "{early:?}");
    drop(write);
    assert_eq!(next.await.unwrap().id(), id);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_ends_is_not_waited_for_without_end() {
    let directory = Directory::new();
    let upload = directory.create(Some(5)).await;
    let id = upload.partial().id();
    let _write = Arc::clone(upload.partial().folder());
    drop(upload);
    let error = directory.partials.claim(OWNER, id).await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(FileRejection::UploadBusy)), "{error}");
}

#[tokio::test]
async fn of_requests_that_wait_only_the_newest_goes_on() {
    let directory = Directory::new();
    let upload = directory.create(Some(5)).await;
    let id = upload.partial().id();
    let waiting = directory.partials.claim(OWNER, id);
    let removing = directory.partials.claim_in_turn(OWNER, id);
    let newest = directory.partials.claim(OWNER, id);
    tokio::pin!(waiting, removing, newest);
    for claim in [&mut waiting as &mut (dyn Future<Output = _> + Unpin), &mut removing, &mut newest] {
        assert!(claim.now_or_never().is_none());
    }
    let error = waiting.await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(FileRejection::Superseded)), "{error}");
    drop(upload);
    removing.await.unwrap().remove();
    let error = newest.await.unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(FileRejection::UploadGone)), "{error}");
}
