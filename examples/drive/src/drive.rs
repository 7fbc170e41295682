//! What visitors do with the drive. Only what each has selected is a state; the rest is in the storage.

use std::collections::BTreeSet;

use filekit::axum::response::Redirect;
use filekit::prelude::*;
use filekit::storage::{FileKey, Folder, SafePath};

use crate::listing::{Listing, with_parents};
use crate::words;

/// What a visitor has selected, by keys. Some may be gone: what others do with a file does not change it.
#[state]
#[derive(Default)]
pub(crate) struct Drive {
    selected: BTreeSet<String>,
}

#[state]
impl Drive {
    /// Keeps files in a folder, with the folders in which they come.
    #[event]
    pub(crate) async fn keep(
        &self,
        folder: String,
        files: Vec<UploadFile>,
        #[extract] filekit: FileKit,
    ) -> Result<()> {
        let mut changed = BTreeSet::new();
        for file in files {
            let place = place_in(&folder, file.path());
            changed.insert(file.save_in(place).await?.folder());
        }
        for folder in &changed {
            tell(&filekit, folder).await;
        }
        Ok(())
    }

    /// Opens a folder by its name. It need not be there: the first file in it makes it.
    #[event]
    pub(crate) fn open(&self, parent: String, name: String) -> Result<Redirect> {
        let name = some_text(&name, "Give the folder a name.")?;
        let folder = Folder::parse(&format!("{parent}/{name}"))?;
        Ok(Redirect::to(&words::address(&folder)))
    }

    /// Gives a file another name.
    #[event]
    pub(crate) async fn rename(
        &self,
        key: String,
        name: String,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
    ) -> Result<()> {
        let name = some_text(&name, "Give the file a name.")?;
        let file = files.rename(&key, name).await?;
        tell(&filekit, &file.folder()).await;
        Ok(())
    }

    /// Moves a file into another folder, which is made if it is not there.
    #[event]
    pub(crate) async fn relocate(
        &self,
        key: String,
        folder: String,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
    ) -> Result<Toast> {
        let folder = Folder::parse(some_text(&folder, "Choose a folder.")?)?;
        relocate(&files, &filekit, &key, &folder).await?;
        Ok(moved(1, &folder))
    }

    /// Removes a file for good.
    #[event]
    pub(crate) async fn remove(
        &self,
        key: String,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
    ) -> Result<Toast> {
        let is_removed = remove(&files, &filekit, &key).await?;
        Ok(removed(usize::from(is_removed)))
    }

    /// Selects a file, or takes it out of what is selected.
    #[event]
    pub(crate) fn select(&mut self, key: String, is_selected: bool) {
        match is_selected {
            true => self.selected.insert(key),
            false => self.selected.remove(&key),
        };
    }

    /// Selects all files of a page, or none.
    #[event]
    pub(crate) async fn select_all(
        &mut self,
        (folder, after): (String, String),
        is_selected: bool,
        #[extract] files: Files,
    ) -> Result<()> {
        self.selected.clear();
        if is_selected {
            let listing = Listing::read(&files, Folder::parse(&folder)?, &after).await?;
            let keys = listing.files.iter().map(|file| file.key().to_owned());
            self.selected.extend(keys);
        }
        Ok(())
    }

    /// Selects nothing.
    #[event]
    pub(crate) fn select_none(&mut self) {
        self.selected.clear();
    }

    /// All that is selected in a folder, as an archive.
    #[event]
    pub(crate) async fn archive(
        &self,
        folder: String,
        #[extract] files: Files,
    ) -> Result<Download> {
        let folder = Folder::parse(&folder)?;
        let mut entries = Vec::new();
        for key in self.selected_in(&folder) {
            if let Some(file) = files.find(key).await? {
                entries.push(Download::stored(&file));
            }
        }
        let name = format!("{}.zip", words::title(&folder));
        Ok(Download::zip(entries).filename(name))
    }

    /// Moves all that is selected in a folder.
    #[event]
    pub(crate) async fn relocate_selected(
        &mut self,
        folder: String,
        to: String,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
    ) -> Result<Toast> {
        let to = Folder::parse(some_text(&to, "Choose a folder.")?)?;
        let keys: Vec<String> = self
            .selected_in(&Folder::parse(&folder)?)
            .cloned()
            .collect();
        let mut count = 0;
        for key in keys {
            if files.find(&key).await?.is_some() {
                relocate(&files, &filekit, &key, &to).await?;
                count += 1;
            }
        }
        self.selected.clear();
        Ok(moved(count, &to))
    }

    /// Removes all that is selected in a folder for good.
    #[event]
    pub(crate) async fn remove_selected(
        &mut self,
        folder: String,
        #[extract] files: Files,
        #[extract] filekit: FileKit,
    ) -> Result<Toast> {
        let keys: Vec<String> = self
            .selected_in(&Folder::parse(&folder)?)
            .cloned()
            .collect();
        let mut count = 0;
        for key in keys {
            count += usize::from(remove(&files, &filekit, &key).await?);
        }
        self.selected.clear();
        Ok(removed(count))
    }
}

impl Drive {
    pub(crate) fn has_selected(&self, file: &StoredFile) -> bool {
        self.selected.contains(file.key())
    }

    fn selected_in(&self, folder: &Folder) -> impl Iterator<Item = &String> {
        let is_there =
            move |key: &&String| FileKey::parse(key).is_some_and(|key| key.folder() == *folder);
        self.selected.iter().filter(is_there)
    }
}

/// What pages follow that show a folder.
pub(crate) fn topic(folder: &Folder) -> String {
    format!("folder {folder}")
}

/// Tells the pages that show a folder that it has changed, and those of the folders around it: a folder comes and goes with its files.
async fn tell(filekit: &FileKit, folder: &Folder) {
    for folder in with_parents(folder) {
        filekit.notify(topic(&folder)).await;
    }
}

/// The folder of a file that came in folders of its own.
fn place_in(folder: &str, path: &SafePath) -> String {
    match path.as_str().rsplit_once('/') {
        Some((inner, _)) => format!("{folder}/{inner}"),
        None => folder.to_owned(),
    }
}

async fn relocate(files: &Files, filekit: &FileKit, key: &str, to: &Folder) -> Result<()> {
    files.move_in(key, to).await?;
    tell_of(filekit, key).await;
    tell(filekit, to).await;
    Ok(())
}

/// Removes a file, and tells whether it was there.
async fn remove(files: &Files, filekit: &FileKit, key: &str) -> Result<bool> {
    let is_removed = files.remove(key).await?;
    tell_of(filekit, key).await;
    Ok(is_removed)
}

/// Tells the pages of the folder in which a file was.
async fn tell_of(filekit: &FileKit, key: &str) {
    if let Some(key) = FileKey::parse(key) {
        tell(filekit, &key.folder()).await;
    }
}

fn moved(count: usize, to: &Folder) -> Toast {
    let to = words::written(to);
    match count {
        1 => Toast::success(format!("One file is in {to} now.")),
        _ => Toast::success(format!("{count} files are in {to} now.")),
    }
}

fn removed(count: usize) -> Toast {
    match count {
        0 => Toast::info("It was gone already."),
        1 => Toast::success("One file is removed."),
        _ => Toast::success(format!("{count} files are removed.")),
    }
}

/// What a visitor has typed, if it is anything.
fn some_text<'a>(text: &'a str, otherwise: &str) -> Result<&'a str> {
    match text.trim() {
        "" => Err(Error::user(otherwise)),
        text => Ok(text),
    }
}
