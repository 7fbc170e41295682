//! What is in a folder, as the storage tells it.

use filekit::prelude::*;
use filekit::storage::{Folder, FolderEntry};
use futures_util::{StreamExt as _, TryStreamExt as _};

/// So many folders and files are on one page.
const PAGE: usize = 500;

/// A part of what is in a folder: folders and files, each by their names.
pub(crate) struct Listing {
    pub(crate) folder: Folder,
    pub(crate) folders: Vec<Folder>,
    pub(crate) files: Vec<StoredFile>,
    /// Behind what the next page begins, if there is one.
    pub(crate) next: Option<String>,
}

impl Listing {
    /// Reads what is in a folder, behind the key or the folder at which the page before has ended.
    pub(crate) async fn read(files: &Files, folder: Folder, after: &str) -> Result<Self> {
        let entries = files.list_folder(&folder)?.after(after).take(PAGE + 1);
        let mut entries: Vec<FolderEntry> = entries.try_collect().await?;
        let has_next = entries.len() > PAGE;
        entries.truncate(PAGE);
        let next = entries.last().filter(|_| has_next).map(place_of);
        let mut listing = Self {
            folder,
            folders: Vec::new(),
            files: Vec::new(),
            next,
        };
        for entry in entries {
            match entry {
                FolderEntry::Folder(folder) => listing.folders.push(folder),
                FolderEntry::File(file) => listing.files.push(file),
            }
        }
        listing
            .folders
            .sort_by_cached_key(|folder| folder.name().to_lowercase());
        listing
            .files
            .sort_by_cached_key(|file| file.name().to_lowercase());
        Ok(listing)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }
}

/// Where an entry is in the order of the storage.
fn place_of(entry: &FolderEntry) -> String {
    match entry {
        FolderEntry::Folder(folder) => folder.as_prefix().to_owned(),
        FolderEntry::File(file) => file.key().to_owned(),
    }
}

/// Folders that a file of this one is likely to be moved to: those that it is in, those beside it, and those in it.
pub(crate) async fn destinations(files: &Files, listing: &Listing) -> Result<Vec<Folder>> {
    let mut folders = listing.folders.clone();
    if let Some(parent) = listing.folder.parent() {
        folders.extend(Listing::read(files, parent, "").await?.folders);
    }
    folders.extend(with_parents(&listing.folder).skip(1));
    folders.retain(|folder| *folder != listing.folder);
    folders.sort_unstable();
    folders.dedup();
    Ok(folders)
}

/// A folder, the one that it is in, and so on to the root.
pub(crate) fn with_parents(folder: &Folder) -> impl Iterator<Item = Folder> + use<> {
    std::iter::successors(Some(folder.clone()), Folder::parent)
}
