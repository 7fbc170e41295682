//! The gate that every byte of every file passes: its rules, its type, its digest. How the bytes come is the matter of the
//! caller: the files of a multipart body are read by [`FileParts`](crate::upload::FileParts).
//!
//! ```text
//! head -> begin -> pieces -> pass -> end -> Judged
//!         count    start, size, digest     type, smallest size
//! ```

mod failure;
mod file_head;
mod rulebook;

use crate::error::FileRejection;
use crate::metadata::Picture;
use crate::storage::{RunningSha256, SafePath, Sha256};
use crate::types::{SNIFF_LENGTH, sniff_type};
use crate::upload::UploadId;

pub use failure::Failure;
pub use file_head::FileHead;
pub use rulebook::RuleBook;

/// Takes the files of one request, one after the other, whatever protocol brings them.
///
/// After the first refusal it takes nothing any more.
#[derive(Debug)]
pub struct Intake {
    rules: RuleBook,
    file: Option<OpenFile>,
    failure: Failure,
}

/// A file that is passing.
#[derive(Debug)]
struct OpenFile {
    name: String,
    /// Its first bytes, by which its type is judged.
    start: Vec<u8>,
    /// If its digest is wanted.
    sha256: Option<RunningSha256>,
    strips_metadata: bool,
}

/// What is known of a file that has passed.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The MIME type, judged by content and name together.
    pub mime: &'static str,
    /// The digest of the content, if its upload asks for it.
    pub sha256: Option<Sha256>,
    /// The extension that the file should have, if its name says something else and both are accepted.
    right_extension: Option<&'static str>,
    strips_metadata: bool,
}

impl Intake {
    /// A gate for files under these rules.
    #[must_use]
    pub fn new(rules: RuleBook) -> Self {
        Self { rules, file: None, failure: Failure::default() }
    }

    /// Judges what a request says of itself before any file: the sizes of its files, and how many bytes are to come.
    ///
    /// # Errors
    ///
    /// If that cannot be within the rules.
    pub fn announce(&self, sizes: &[u64], to_come: Option<u64>) -> Result<(), FileRejection> {
        self.failure.note(self.rules.begin(sizes, to_come))
    }

    /// Begins a file. `to_come` says how many bytes are, at least, with what follows the file, where that is known.
    ///
    /// # Errors
    ///
    /// If it is one too many, or claims to be too large.
    pub fn begin(&mut self, head: &FileHead, to_come: Option<u64>) -> Result<(), FileRejection> {
        self.failure.check()?;
        let name = head.path.name().as_str().to_owned();
        self.failure.note(self.rules.begin_file(&head.upload, &name, head.claimed_size, to_come))?;
        let sha256 = self.rules.wants_sha256().then(RunningSha256::default);
        let strips_metadata = self.rules.strips_metadata();
        self.file = Some(OpenFile { name, start: Vec::new(), sha256, strips_metadata });
        Ok(())
    }

    /// Looks at the next bytes of the file.
    ///
    /// # Errors
    ///
    /// If they are too many, or the file is of a type that is not accepted.
    pub fn pass(&mut self, piece: &[u8]) -> Result<(), FileRejection> {
        self.failure.check()?;
        let Some(file) = &mut self.file else { return Ok(()) };
        file.look_at(piece);
        self.failure.note(self.rules.pass(piece.len() as u64, &file.start))
    }

    /// Counts bytes of the file that came with an earlier request. They begin the file, and it begins with `start`.
    ///
    /// # Errors
    ///
    /// As [`pass`](Self::pass).
    pub fn pass_again(&mut self, start: Vec<u8>, bytes: u64) -> Result<(), FileRejection> {
        self.failure.check()?;
        let Some(file) = &mut self.file else { return Ok(()) };
        if bytes > 0 {
            // The digest would have to be read from the disk for each request: that is done once, at the end.
            file.sha256 = None;
        }
        file.start = start;
        self.failure.note(self.rules.pass(bytes, &file.start))
    }

    /// Ends the file.
    ///
    /// # Errors
    ///
    /// If it is too small, or of a type that is not accepted; also if none was begun.
    pub fn end(&mut self) -> Result<Judged, FileRejection> {
        self.failure.check()?;
        let file = self.file.take().ok_or(FileRejection::Truncated)?;
        self.failure.note(self.rules.end_file(&file.start))?;
        Ok(file.judged(self.rules.right_extension()))
    }

    /// Whether the upload of the file that is passing asks for its digest.
    pub(crate) fn wants_sha256(&self) -> bool {
        self.rules.wants_sha256()
    }

    /// Whether metadata is taken out of the file that is passing, if it is a picture.
    pub(crate) fn strips_metadata(&self) -> bool {
        self.rules.strips_metadata()
    }

    /// Ends the request: there are no more files.
    ///
    /// # Errors
    ///
    /// If there should be.
    pub fn close(&self) -> Result<(), FileRejection> {
        self.failure.note(self.rules.end())
    }

    /// The type of the file that is passing, by what has passed.
    pub(crate) fn mime(&self) -> Option<&'static str> {
        self.file.as_ref().map(OpenFile::mime)
    }

    /// The upload that the part of this name belongs to.
    pub(crate) fn upload(&self, part: &str) -> Option<&UploadId> {
        self.rules.upload(part)
    }

    /// Takes no more files.
    pub(crate) fn shut(&mut self) {
        self.rules = RuleBook::new(Vec::new());
    }

    /// What goes wrong here, or with the bytes on their way here.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.failure
    }
}

impl OpenFile {
    fn look_at(&mut self, piece: &[u8]) {
        let wanted = SNIFF_LENGTH.saturating_sub(self.start.len()).min(piece.len());
        self.start.extend_from_slice(&piece[..wanted]);
        if let Some(sha256) = &mut self.sha256 {
            sha256.pass(piece);
        }
    }

    fn mime(&self) -> &'static str {
        sniff_type(&self.start, &self.name)
    }

    fn judged(self, right_extension: Option<&'static str>) -> Judged {
        let (mime, strips_metadata) = (self.mime(), self.strips_metadata);
        Judged { mime, sha256: self.sha256.map(RunningSha256::finish), right_extension, strips_metadata }
    }
}

impl Judged {
    /// The picture that the file is, if metadata is to be taken out of it.
    pub(crate) fn picture_to_strip(&self) -> Option<Picture> {
        Picture::of_type(self.mime).filter(|_| self.strips_metadata)
    }

    /// The path of the file, with the extension of what it is.
    #[must_use]
    pub fn name_right(&self, path: SafePath) -> SafePath {
        match self.right_extension {
            Some(extension) => path.with_extension(extension),
            None => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum_core::body::Body;
    use bytes::Bytes;
    use futures_util::{StreamExt as _, stream};

    use super::*;
    use crate::error::Result;
    use crate::storage::{Disk, SaveTransaction, Spool, StoredFiles};
    use crate::types::accept;
    use crate::upload::{FileStore, Limits, Rules, UploadFile};

    /// Receives a body that is a file and nothing else, as that of a `PUT` is.
    async fn put(body: Body, name: &str, intake: &mut Intake, store: &FileStore) -> Result<UploadFile> {
        let head = FileHead::new("a".into(), name.to_owned())?;
        intake.begin(&head, None)?;
        let (mut pieces, mut writer) = (body.into_data_stream(), store.spool.begin());
        while let Some(piece) = pieces.next().await.transpose()? {
            intake.pass(&piece)?;
            writer = writer.write(piece).await?;
        }
        let judged = intake.end()?;
        Ok(UploadFile::new(head, judged, writer.finish_small().await?, store.clone()))
    }

    async fn put_pieces(name: &str, pieces: &[&'static str]) -> Result<UploadFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let store = FileStore {
            spool: Spool::open(&disk).unwrap(),
            files: StoredFiles::on_disk(disk),
            saves: SaveTransaction::default().share(),
        };
        let limits = Limits { min_size: Some(2), max_size: Some(20), ..Limits::NONE };
        let rules = Rules { accept: accept::entries("text/plain,image/gif"), limits, sha256: true, ..Rules::default() };
        let mut intake = Intake::new(RuleBook::new(vec![("a".into(), rules)]));
        let pieces: Vec<_> =
            pieces.iter().map(|piece| Ok::<_, std::io::Error>(Bytes::from_static(piece.as_bytes()))).collect();
        let file = put(Body::from_stream(stream::iter(pieces)), name, &mut intake, &store).await;
        file.map_err(|error| error.to_string().split(':').next().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn a_body_without_parts_passes_the_same_gate() {
        let file = put_pieces("notes/a.txt", &["one, ", "two"]).await.unwrap();
        assert_eq!((file.path().as_str(), file.mime(), file.size()), ("notes/a.txt", "text/plain", 8));
        assert_eq!(file.sha256().await.unwrap(), Sha256::of(b"one, two"));
        let renamed = put_pieces("a.txt", &["GIF89a", "\u{1}\0\u{1}\0\0\0\0;"]).await.unwrap();
        assert_eq!((renamed.name().as_str(), renamed.mime()), ("a.gif", "image/gif"));
        for (name, pieces, code) in [
            ("a.txt", &["x"][..], "upload.too-small"),
            ("a.txt", &["0123456789", "0123456789", "x"], "upload.too-large"),
            ("a.csv", &["1,2"], "upload.type-not-accepted"),
            ("../a.txt", &["one"], "upload.unsafe-name"),
        ] {
            assert_eq!(put_pieces(name, pieces).await.unwrap_err(), code, "{name}");
        }
    }

    #[test]
    fn after_a_refusal_nothing_passes() {
        let limits = Limits { max_size: Some(1), ..Limits::NONE };
        let mut intake = Intake::new(RuleBook::new(vec![("a".into(), Rules { limits, ..Rules::default() })]));
        let head = FileHead::new("a".into(), "a".to_owned()).unwrap();
        intake.begin(&head, None).unwrap();
        assert!(intake.pass(b"12").is_err());
        assert!(intake.pass(b"").is_err() && intake.end().is_err() && intake.begin(&head, None).is_err());
    }
}
