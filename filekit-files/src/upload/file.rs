//! A file that was uploaded, as a handler gets it.

use std::sync::OnceLock;
use std::time::SystemTime;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncSeek};

use crate::error::Result;
use crate::guard::Observers;
use crate::storage::{
    Content, FileKey, Folder, NewPlace, SafeName, SafePath, SaveLog, Sha256, Spool, StoredFile, StoredFiles,
    UploadedContent, storage_error,
};
use crate::upload::{FileHead, Judged, Save};

/// A file that a visitor uploaded.
///
/// Its bytes lie in a temporary file beside the store, however large they are; those of at most 64 KiB are held in memory while
/// there is room. A file that no handler saves is gone when it is dropped.
#[derive(Debug)]
pub struct UploadFile {
    /// The last name of `path`.
    pub(crate) name: SafeName,
    pub(crate) path: SafePath,
    pub(crate) client_name: String,
    pub(crate) claimed_mime: Option<String>,
    mime: &'static str,
    /// The digest, once it is known.
    pub(crate) sha256: OnceLock<Sha256>,
    pub(crate) content: Content,
    size: u64,
    pub(super) store: FileStore,
}

/// Where a file goes when it is saved.
#[derive(Clone, Debug)]
pub struct FileStore {
    /// The stored files.
    pub files: StoredFiles,
    /// Where it is until then.
    pub spool: Spool,
    /// Notes what was saved, to undo it.
    pub saves: SaveLog,
}

impl UploadFile {
    /// A file that has passed the intake, and its content of so many bytes.
    pub(crate) fn new(head: FileHead, judged: Judged, (content, size): (Content, u64), store: FileStore) -> Self {
        let path = judged.name_right(head.path);
        let FileHead { client_name, claimed_mime, .. } = head;
        let sha256 = judged.sha256.map(OnceLock::from).unwrap_or_default();
        Self { name: path.name(), path, client_name, claimed_mime, mime: judged.mime, sha256, content, size, store }
    }

    /// The name, safe to be used on disk.
    #[must_use]
    pub fn name(&self) -> &SafeName {
        &self.name
    }

    /// The path within the folder that the visitor chose, safe to be used on disk; the name if there is none.
    #[must_use]
    pub fn path(&self) -> &SafePath {
        &self.path
    }

    /// The name as the browser or program meant it, with its folders if it sent them.
    ///
    /// # Security
    ///
    /// This is text that a stranger wrote: show it, but make no path of it.
    #[must_use]
    pub fn client_name(&self) -> &str {
        &self.client_name
    }

    /// The last name of [`client_name`](Self::client_name), by which a page knows the file again.
    pub(crate) fn last_client_name(&self) -> &str {
        self.client_name.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The MIME type, judged by content and name together.
    #[must_use]
    pub fn mime(&self) -> &str {
        self.mime
    }

    /// The MIME type that the browser claims, if it claims one.
    ///
    /// # Security
    ///
    /// Nothing was checked; [`UploadFile::mime`] was.
    #[must_use]
    pub fn claimed_mime(&self) -> Option<&str> {
        self.claimed_mime.as_deref()
    }

    /// Reads the whole file into memory.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn bytes(&self) -> Result<Bytes> {
        Ok(self.content.source().read().await?)
    }

    /// Reads the whole file into memory, as UTF-8.
    ///
    /// # Errors
    ///
    /// If the disk fails, or the file is not UTF-8.
    pub async fn text(&self) -> Result<String> {
        let bytes = self.content.source().read().await?;
        let text = String::from_utf8(bytes.into());
        text.map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error).into())
    }

    /// Opens the file for reading from its beginning.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn open(&self) -> Result<impl AsyncRead + AsyncSeek + Send + Unpin + use<>> {
        Ok(self.content.source().open().await?)
    }

    /// The SHA-256 of the content.
    ///
    /// It is known already if the upload asks for it, by [`Upload::sha256`](crate::upload::Upload::sha256) or by
    /// `sha256 = true` in the view. Otherwise the file is read for it, in constant memory.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub async fn sha256(&self) -> Result<Sha256> {
        if let Some(known) = self.sha256.get() {
            return Ok(*known);
        }
        let sha256 = self.content.source().sha256().await?;
        Ok(*self.sha256.get_or_init(|| sha256))
    }

    /// Saves the file under a new key, such as `photo.7k2mq9xwh3dp.jpg` for `photo.jpg`. It never overwrites, and the key
    /// appears in the storage once the file is complete. It is a future, to be awaited; [`expires_in`](Save::expires_in) lets the file end.
    ///
    /// The file stays only if the handler succeeds; otherwise it is removed, and its key never comes back.
    ///
    /// # Errors
    ///
    /// If the disk or the storage fails.
    pub fn save(self) -> Save {
        Save::new(self, None)
    }

    /// Saves the file as [`save`](Self::save) does, in a folder such as `claims/42`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If `folder` has a name `..`, more than 16 names or more than 512 bytes; or if the disk or the storage fails.
    pub fn save_in(self, folder: impl AsRef<str>) -> Save {
        Save::new(self, Some(folder.as_ref().to_owned()))
    }

    /// Saves the file under a new key in a folder, until it ends.
    pub(super) async fn save_new(self, folder: Folder, end: Option<SystemTime>) -> Result<StoredFile> {
        let (name, (content, store)) = (self.name.clone(), self.into_content());
        let (mime, sha256, place) = (content.mime, content.sha256, NewPlace { folder, name, end });
        let saved = store.files.save_new(content, place, &store.spool, &store.saves).await;
        let (key, found) = saved.map_err(storage_error)?;
        Ok(StoredFile::new(key, &found, mime.to_owned(), sha256))
    }

    /// Those who are told what becomes of it.
    pub(crate) fn observers(&self) -> &Observers {
        self.store.files.observers()
    }

    fn into_content(self) -> (UploadedContent, FileStore) {
        let Self { mime, sha256, content, size, store, .. } = self;
        (UploadedContent { content, size, mime, sha256: sha256.into_inner() }, store)
    }

    /// Saves the file, when it is saved, as a part of this transaction, in place of the one that it was received in.
    pub fn save_within(&mut self, saves: SaveLog) {
        self.store.saves = saves;
    }

    /// Saves the file under a key that the program chooses, in place of the file that has it. Its name is the key, behind the folders
    /// in it: `claims/42/scan.pdf`.
    ///
    /// It is replaced when the handler succeeds, and not before: until then, and if the handler fails, the old file stays
    /// untouched. Links to the key show the file that is there now.
    ///
    /// # Security
    ///
    /// Make no key of what a visitor wrote: who sends a file of the same name would replace it, and read the next one by
    /// the link of the first.
    ///
    /// # Errors
    ///
    /// If `key` has a name `..`, or more than 16 folders or 512 bytes of them; or if the disk or the storage fails.
    pub async fn save_as(self, key: impl AsRef<str>) -> Result<StoredFile> {
        let key = FileKey::chosen(key.as_ref())?;
        let (content, store) = self.into_content();
        let (mime, sha256) = (content.mime, content.sha256);
        let saved = store.files.save_over(content, key.clone(), &store.spool, &store.saves).await;
        Ok(StoredFile::new(key, &saved.map_err(storage_error)?, mime.to_owned(), sha256))
    }
}
