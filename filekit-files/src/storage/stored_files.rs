//! The stored files of a program, wherever they are kept.

use std::io;
use std::time::SystemTime;

use futures_util::StreamExt as _;

use crate::guard::{FileEventKind, Observers};
use crate::quota::{EntryName, Keeping, Ledger, Origin};
use crate::serving::ServeByProxy;
use crate::storage::local::{list, or_gone};
use crate::storage::transaction::{
    Identity, New, NewFile, NewObject, Object, PendingObject, Replacement, Told, Trace, UnsavedNote,
};
use crate::storage::{
    AnyStorage, Content, DirectTarget, Disk, DiskStorage, FileKey, FileListing, FileMetadata, Folder, Lifetimes,
    Listed, Listing, SafeName, SaveLog, Sha256, Spool, StagedFile, Storage, StorageProblem, StoredFile, blocking,
    check, check_direct, read,
};
use crate::types::{SNIFF_LENGTH, sniff_type};

/// The stored files of a program: on the disk that they are staged on too, or in another storage.
#[derive(Clone, Debug)]
pub struct StoredFiles {
    disk: Disk,
    elsewhere: Option<AnyStorage>,
    by_proxy: Option<ServeByProxy>,
    lead_to_storage: bool,
    /// Counts what is stored, if there is a quota.
    ledger: Option<Ledger>,
    lifetimes: Lifetimes,
    observers: Observers,
}

/// What is to be saved.
#[derive(Debug)]
pub(crate) struct UploadedContent {
    pub(crate) content: Content,
    pub(crate) size: u64,
    pub(crate) mime: &'static str,
    pub(crate) sha256: Option<Sha256>,
}

/// Where a new file is to stand, under a key of its own.
#[derive(Clone, Debug)]
pub(crate) struct NewPlace {
    pub(crate) folder: Folder,
    pub(crate) name: SafeName,
    /// When the file ends, if it does.
    pub(crate) end: Option<SystemTime>,
}

impl NewPlace {
    /// A new key for it.
    ///
    /// # Errors
    ///
    /// If the system has no random numbers.
    pub(crate) fn key(&self) -> io::Result<FileKey> {
        FileKey::random_until(&self.folder, &self.name, self.end)
    }
}

impl StoredFiles {
    /// Files that are kept on the disk.
    #[must_use]
    pub fn on_disk(disk: Disk) -> Self {
        Self {
            disk,
            elsewhere: None,
            by_proxy: None,
            lead_to_storage: false,
            ledger: None,
            lifetimes: Lifetimes::default(),
            observers: Observers::default(),
        }
    }

    /// Files that are staged on the disk, and kept in another storage.
    pub fn elsewhere(disk: Disk, storage: impl Storage) -> Self {
        Self { elsewhere: Some(AnyStorage::new(storage)), ..Self::on_disk(disk) }
    }

    /// The same files, which the proxy in front sends where they are on the disk.
    #[must_use]
    pub fn sent_by_proxy(self, by_proxy: Option<ServeByProxy>) -> Self {
        Self { by_proxy, ..self }
    }

    /// The same files, whose links lead to the storage where that makes URLs of its own.
    #[must_use]
    pub fn leading_to_storage(self, lead_to_storage: bool) -> Self {
        Self { lead_to_storage, ..self }
    }

    /// The same files, which are counted in a ledger.
    #[must_use]
    pub fn counted_in(self, ledger: Option<Ledger>) -> Self {
        Self { ledger, ..self }
    }

    /// The same files, which are kept for so long.
    #[must_use]
    pub fn lasting(self, lifetimes: Lifetimes) -> Self {
        Self { lifetimes, ..self }
    }

    /// How long they are kept.
    pub(crate) fn lifetimes(&self) -> Lifetimes {
        self.lifetimes
    }

    /// Refuses a file that has ended, as if it were removed by now.
    ///
    /// # Errors
    ///
    /// `NotFound`.
    pub(crate) fn check_end(&self, key: &FileKey, modified: SystemTime) -> io::Result<()> {
        if self.lifetimes.have_ended(key, modified) { Err(io::ErrorKind::NotFound.into()) } else { Ok(()) }
    }

    /// Where they are counted, if there is a quota.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// Lets a file count that is saved, when its transaction succeeds.
    fn count(&self, saves: &SaveLog, key: &FileKey, bytes: u64, origin: impl FnOnce() -> Origin) {
        if let Some(ledger) = &self.ledger {
            saves.add_keeping(Keeping {
                ledger: ledger.clone(),
                name: EntryName::stored(key.as_str()),
                bytes,
                origin: origin(),
            });
        }
    }

    fn release(&self, key: &FileKey) {
        if let Some(ledger) = &self.ledger {
            ledger.release_stored(key.as_str());
        }
    }

    /// The same files, of which these observers are told.
    #[must_use]
    pub fn observed_by(self, observers: Observers) -> Self {
        Self { observers, ..self }
    }

    /// Those who are told what happens with the files.
    #[must_use]
    pub fn observers(&self) -> &Observers {
        &self.observers
    }

    /// Whether their links lead to the storage where that makes URLs of its own.
    pub(crate) fn lead_to_storage(&self) -> bool {
        self.lead_to_storage
    }

    /// How the proxy in front is told which file it sends, if it sends them.
    pub(crate) fn by_proxy(&self) -> Option<&ServeByProxy> {
        self.by_proxy.as_ref()
    }

    /// Where files are until they are complete, and what is private.
    #[must_use]
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Where files are kept, if that is not the disk.
    pub(crate) fn storage(&self) -> Option<&AnyStorage> {
        self.elsewhere.as_ref()
    }

    /// The store that browsers send files to by themselves, if they are to.
    #[must_use]
    pub fn direct(&self) -> Option<DirectTarget> {
        self.elsewhere.as_ref().and_then(Storage::direct)
    }

    /// Whether they are kept on the disk.
    #[must_use]
    pub fn are_on_disk(&self) -> bool {
        self.elsewhere.is_none()
    }

    /// Whether a link to this key may be made by who knows the key alone: only to a file that is there. Where it would take a question
    /// over the network, to none whose key may come back.
    #[must_use]
    pub fn may_link(&self, key: &FileKey) -> bool {
        match &self.elsewhere {
            None => self.disk.contains(key),
            Some(_) => key.is_random(),
        }
    }

    /// What there is to know of a file; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the storage fails.
    pub(crate) async fn find(&self, key: &FileKey) -> io::Result<Option<FileMetadata>> {
        let found = self.find_any(key).await?;
        Ok(found.filter(|found| !self.lifetimes.have_ended(key, found.modified)))
    }

    /// The same, also of a file that has ended and is not removed yet.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub(crate) async fn find_any(&self, key: &FileKey) -> io::Result<Option<FileMetadata>> {
        match &self.elsewhere {
            Some(storage) => storage.find(key).await,
            None => {
                let (disk, key) = (self.disk.clone(), key.clone());
                let found = self.disk.pace().work(move || or_gone(disk.status(&key))).await?;
                Ok(found.map(|metadata| FileMetadata::of_disk(&metadata)))
            }
        }
    }

    /// The file with this key as programs know it, judged by name and content; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If the storage fails.
    pub(crate) async fn look_into(&self, key: &FileKey) -> io::Result<Option<StoredFile>> {
        let file = |found: &FileMetadata, head: &[u8], sha256: Option<Sha256>| {
            self.check_end(key, found.modified).ok()?;
            let mime = sniff_type(head, &key.name()).to_owned();
            Some(StoredFile::new(key.clone(), found, mime, sha256))
        };
        if let Some(storage) = &self.elsewhere {
            let Some(found) = storage.find(key).await? else { return Ok(None) };
            let head = read_head(storage, key, &found).await;
            // It was removed or replaced in between.
            let Some(head) = or_gone(head)? else { return Ok(None) };
            return Ok(file(&found, &head, None));
        }
        let (disk, of) = (self.disk.clone(), key.clone());
        let look = move || {
            let Some((opened, metadata)) = or_gone(disk.open_file(&of))? else { return Ok(None) };
            let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX).min(SNIFF_LENGTH);
            Ok(Some((read(&opened, 0, length)?, disk.digests().of(&metadata), metadata)))
        };
        let found = self.disk.pace().work(look).await?;
        Ok(found.and_then(|(head, sha256, metadata)| file(&FileMetadata::of_disk(&metadata), &head, sha256)))
    }

    /// The files of a listing, in the order of their keys.
    pub(crate) fn list(&self, listing: &Listing) -> FileListing {
        let lifetimes = self.lifetimes;
        let is_there = move |listed: &io::Result<Listed>| match listed {
            Ok(Listed::File(key, found)) => !lifetimes.have_ended(key, found.modified),
            _ => true,
        };
        Box::pin(self.list_all(listing).filter(move |listed| std::future::ready(is_there(listed))))
    }

    /// The same, with those that have ended and are not removed yet.
    pub(crate) fn list_all(&self, listing: &Listing) -> FileListing {
        match &self.elsewhere {
            None => list(&self.disk, listing),
            Some(storage) => storage.list(listing),
        }
    }

    /// Saves what was uploaded under a new key, as a part of a transaction.
    ///
    /// # Errors
    ///
    /// If the disk or the storage fails.
    pub(crate) async fn save_new(
        &self,
        upload: UploadedContent,
        place: NewPlace,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<(FileKey, FileMetadata)> {
        if place.end.is_some() {
            self.note_end().await?;
        }
        let (key, metadata) = self.publish(upload, place, spool, saves).await?;
        self.count(saves, &key, metadata.size, || Origin::Call);
        saves.add_told(self.stored(&key, &metadata));
        Ok((key, metadata))
    }

    /// What is told of a file that was stored under this key.
    fn stored(&self, key: &FileKey, metadata: &FileMetadata) -> Option<Told> {
        Told::of(&self.observers, FileEventKind::Stored, key, metadata.size)
    }

    async fn publish(
        &self,
        upload: UploadedContent,
        place: NewPlace,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<(FileKey, FileMetadata)> {
        if let Some(storage) = &self.elsewhere {
            let UploadedContent { content, size, mime, sha256 } = upload;
            let file = StagedFile::of_content(content, size, mime, sha256);
            let key = place.key()?;
            let object = Object { storage: storage.clone(), key: key.clone() };
            let metadata = self.create_elsewhere(object, storage.create(&key, &file), (spool, saves)).await?;
            return Ok((key, metadata));
        }
        let (files, saves) = (self.clone(), saves.clone());
        let save = move |file| {
            let disk = &files.disk;
            files.lifetimes.begin(AsRef::as_ref(&file))?;
            let digest = upload.sha256.and_then(|sha256| disk.digests().pending(AsRef::as_ref(&file), sha256));
            let metadata = std::fs::metadata(&file)?;
            let key = disk.publish(&file, &place)?;
            let published = Identity::new(disk.path_of(&key), &metadata);
            saves.add_new(New::OnDisk(NewFile { trace: Trace::Name(file), published, digest }));
            Ok((key, FileMetadata::of_disk(&metadata)))
        };
        self.disk.persist_by(spool.clone(), upload.content, save).await
    }

    /// Saves what was uploaded in place of what has the key, when the transaction is committed.
    ///
    /// # Errors
    ///
    /// If the disk fails.
    pub(crate) async fn save_over(
        &self,
        upload: UploadedContent,
        key: FileKey,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<FileMetadata> {
        let metadata = self.replace_with(upload, key.clone(), spool, saves).await?;
        self.count(saves, &key, metadata.size, || Origin::CallReplacing);
        saves.add_told(self.stored(&key, &metadata));
        Ok(metadata)
    }

    async fn replace_with(
        &self,
        upload: UploadedContent,
        key: FileKey,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<FileMetadata> {
        if let Some(storage) = &self.elsewhere {
            let UploadedContent { content, size, mime, sha256 } = upload;
            let file = StagedFile::of_content(content, size, mime, sha256);
            let metadata = FileMetadata { size, modified: std::time::SystemTime::now(), version: String::new() };
            let object = Object { storage: storage.clone(), key };
            saves.add_replacement_elsewhere(PendingObject { file, object }).await?;
            return Ok(metadata);
        }
        let (disk, saves) = (self.disk.clone(), saves.clone());
        let replace = move |file| {
            let digest = upload.sha256.and_then(|sha256| disk.digests().pending(AsRef::as_ref(&file), sha256));
            let metadata = std::fs::metadata(&file)?;
            saves.add_replacement(Replacement { file, disk, key, digest })?;
            Ok(FileMetadata::of_disk(&metadata))
        };
        self.disk.persist_by(spool.clone(), upload.content, replace).await
    }

    /// Keeps a file under another key too, which is free, as a part of a transaction. Its first key is to go with that, or to stay:
    /// then it gets a content of its own.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such file, `AlreadyExists` if the key is taken; or if the disk or the storage fails.
    pub(crate) async fn duplicate(
        &self,
        keys: (&FileKey, &FileKey),
        stays: bool,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<FileMetadata> {
        let metadata = self.publish_duplicate(keys, stays, spool, saves).await?;
        saves.add_told(self.stored(keys.1, &metadata));
        Ok(metadata)
    }

    async fn publish_duplicate(
        &self,
        (from, to): (&FileKey, &FileKey),
        stays: bool,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<FileMetadata> {
        if self.lifetimes.retention.is_some() && self.find(from).await?.is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        let metadata = self.duplicate_uncounted((from, to), stays, spool, saves).await?;
        self.count(saves, to, metadata.size, || match stays {
            true => Origin::Call,
            false => Origin::Renamed(from.clone()),
        });
        Ok(metadata)
    }

    async fn duplicate_uncounted(
        &self,
        (from, to): (&FileKey, &FileKey),
        stays: bool,
        spool: &Spool,
        saves: &SaveLog,
    ) -> io::Result<FileMetadata> {
        if let Some(storage) = &self.elsewhere {
            let object = Object { storage: storage.clone(), key: to.clone() };
            return self.create_elsewhere(object, storage.copy(from, to), (spool, saves)).await;
        }
        let (disk, from, to) = (self.disk.clone(), from.clone(), to.clone());
        let (spool, saves) = (spool.clone(), saves.clone());
        let duplicate = move || {
            let digest = disk.digests().of(&disk.status(&from)?);
            let made = || if stays { disk.copy(&from, &to, &spool) } else { disk.link(&from, &to, &spool) };
            let found = || Ok::<_, io::Error>((disk.status(&to)?, disk.path_of(&to)));
            let (note, (metadata, path)) = if to.is_random() {
                let note = UnsavedNote::write(&disk, &spool, &to, None)?;
                match made().and_then(|()| found()) {
                    Ok(found) => (note, found),
                    Err(error) => {
                        note.remove();
                        return Err(error);
                    }
                }
            } else {
                // Until it is made, it may be another one's.
                made()?;
                let found = found()?;
                let version = FileMetadata::of_disk(&found.0).version;
                (UnsavedNote::write(&disk, &spool, &to, Some(&version))?, found)
            };
            let digest = digest.and_then(|sha256| disk.digests().pending(&path, sha256));
            let published = Identity::new(path, &metadata);
            saves.add_new(New::OnDisk(NewFile { trace: Trace::Note(note), published, digest }));
            Ok(FileMetadata::of_disk(&metadata))
        };
        // A copy takes as long as the file is large.
        if stays { blocking(duplicate).await } else { self.disk.pace().work(duplicate).await }
    }

    /// Removes a file. That there is none is no error.
    ///
    /// # Errors
    ///
    /// If the disk or the storage fails.
    pub(crate) async fn remove(&self, key: &FileKey) -> io::Result<()> {
        match &self.elsewhere {
            Some(storage) => storage.remove(key).await?,
            None => {
                let (disk, key) = (self.disk.clone(), key.clone());
                self.disk.pace().work(move || disk.remove_file(&key)).await?;
            }
        }
        self.release(key);
        Ok(())
    }

    /// Removes a file that was given another key, which it keeps. What is known of its content is known of it still.
    ///
    /// # Errors
    ///
    /// If the disk or the storage fails.
    pub(crate) async fn remove_old_name(&self, key: &FileKey, other: FileKey) -> io::Result<()> {
        if self.elsewhere.is_some() {
            return self.remove(key).await;
        }
        let (disk, old) = (self.disk.clone(), key.clone());
        let remove = move || {
            let path = disk.path_of(&other);
            // It is another version of the file with one name less.
            let known = or_gone(disk.status(&other))?.and_then(|metadata| disk.digests().of(&metadata));
            let digest = known.and_then(|sha256| disk.digests().pending(&path, sha256));
            disk.remove_file(&old)?;
            digest.into_iter().for_each(|digest| digest.attach_to(&path));
            Ok(())
        };
        self.disk.pace().work(remove).await?;
        self.release(key);
        Ok(())
    }

    /// Lets `create` make a file in the other storage, as a part of a transaction. It is removed if that takes no good end.
    async fn create_elsewhere(
        &self,
        object: Object,
        create: impl Future<Output = io::Result<FileMetadata>>,
        (spool, saves): (&Spool, &SaveLog),
    ) -> io::Result<FileMetadata> {
        let note = |version: Option<&str>| {
            let (disk, spool, key) = (self.disk.clone(), spool.clone(), object.key.clone());
            let version = version.map(str::to_owned);
            self.disk.pace().work(move || UnsavedNote::write(&disk, &spool, &key, version.as_deref()))
        };
        if object.key.is_random() {
            let creating = Creating::new(NewObject { note: note(None).await?, object: object.clone() }, saves);
            let metadata = create.await?;
            saves.add_new(New::Elsewhere(creating.done()));
            return Ok(metadata);
        }
        // Until it is made, it may be another one's.
        let metadata = create.await?;
        let note = note(Some(&metadata.version)).await?;
        saves.add_new(New::Elsewhere(NewObject { note, object }));
        Ok(metadata)
    }

    /// Tries whether files can be kept, and whether pages of these origins may send them to the storage by themselves, if they are to.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do.
    pub async fn check(&self, spool: &Spool, origins: &[String]) -> std::result::Result<(), StorageProblem> {
        match &self.elsewhere {
            None => check(&DiskStorage::of(self.disk.clone(), spool.clone())).await?,
            Some(storage) => check(storage).await?,
        }
        match self.direct() {
            Some(direct) => check_direct(&direct, origins).await,
            None => Ok(()),
        }
    }

    /// Asks the storage for a file that is not there: whether it answers. Of a disk nothing is asked, since staging tells.
    ///
    /// # Errors
    ///
    /// If it does not.
    pub async fn reach(&self) -> io::Result<()> {
        let Some(storage) = &self.elsewhere else { return Ok(()) };
        let key = FileKey::random(&Folder::root(), &SafeName::nameless())?;
        storage.find(&key).await.map(|_| ())
    }
}

/// The first bytes of a file, which say its type.
///
/// # Errors
///
/// If the storage fails, or that version is not there any more.
pub(crate) async fn read_head(storage: &AnyStorage, key: &FileKey, found: &FileMetadata) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    if found.size > 0 {
        let mut chunks = storage.read(key, found, 0..found.size.min(SNIFF_LENGTH as u64)).await?;
        while let Some(chunk) = chunks.next().await {
            head.extend_from_slice(&chunk?);
        }
    }
    Ok(head)
}

/// A file that is being made in the other storage: it goes if this is dropped.
struct Creating<'a> {
    object: Option<NewObject>,
    saves: &'a SaveLog,
}

impl<'a> Creating<'a> {
    fn new(object: NewObject, saves: &'a SaveLog) -> Self {
        Self { object: Some(object), saves }
    }

    fn done(mut self) -> NewObject {
        self.object.take().unwrap_or_else(|| unreachable!("it is taken once"))
    }
}

impl Drop for Creating<'_> {
    fn drop(&mut self) {
        self.object.take().into_iter().for_each(|object| object.roll_back(self.saves));
    }
}
