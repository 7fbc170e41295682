//! Undoes what a handler saved if it fails; not the saving itself.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What the handler of one event has saved so far.
///
/// The call owns it, each of its files has a share. If the call goes without [`Saves::keep`], because the handler
/// failed, panicked or was dropped, what was saved is taken back and what was replaced returns.
#[derive(Debug, Default)]
pub(crate) struct Saves(SharedSaves);

/// A file's share in the saves of its call.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedSaves(Arc<Mutex<Progress>>);

/// How far the call is.
#[derive(Debug)]
enum Progress {
    Running(Vec<Save>),
    /// It succeeded: a save stands at once.
    Kept,
    /// It failed: a save that was still on its way to the disk is undone at once.
    Undone,
}

impl Default for Progress {
    fn default() -> Self {
        Self::Running(Vec::new())
    }
}

#[derive(Debug)]
struct Save {
    path: PathBuf,
    /// Where the file is now that stood there before.
    replaced: Option<PathBuf>,
}

impl Saves {
    pub(crate) fn share(&self) -> SharedSaves {
        self.0.clone()
    }

    /// Lets everything stand that was saved.
    pub(crate) fn keep(self) {
        self.0.end(Progress::Kept).into_iter().for_each(Save::keep);
    }
}

impl Drop for Saves {
    fn drop(&mut self) {
        // The last save first: two of one name undo each other in turn.
        self.0.end(Progress::Undone).into_iter().rev().for_each(Save::undo);
    }
}

impl SharedSaves {
    pub(crate) fn add(&self, path: PathBuf, replaced: Option<PathBuf>) {
        let save = Save { path, replaced };
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Progress::Running(saves) => saves.push(save),
            Progress::Kept => save.keep(),
            Progress::Undone => save.undo(),
        }
    }

    /// Ends the call, if it is not at its end yet, and returns what it saved.
    fn end(&self, end: Progress) -> Vec<Save> {
        let mut progress = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *progress {
            Progress::Running(saves) => {
                let saves = std::mem::take(saves);
                *progress = end;
                saves
            }
            Progress::Kept | Progress::Undone => Vec::new(),
        }
    }
}

impl Save {
    fn keep(self) {
        if let Some(aside) = self.replaced {
            log_failure(std::fs::remove_file(aside));
        }
    }

    fn undo(self) {
        log_failure(match self.replaced {
            Some(aside) => std::fs::rename(aside, self.path),
            None => std::fs::remove_file(self.path),
        });
    }
}

fn log_failure(result: std::io::Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, "what a handler saved could not be tidied up");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir) -> Vec<String> {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_failed_call_saved_goes_and_what_it_replaced_returns() {
        let folder = folder_with(&["new", "replacing", "aside"]);
        let saves = Saves::default();
        saves.share().add(folder.path().join("new"), None);
        saves.share().add(folder.path().join("replacing"), Some(folder.path().join("aside")));
        drop(saves);
        assert_eq!(names(&folder), ["replacing"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("replacing")).unwrap(), "aside");
    }

    #[test]
    fn what_is_kept_stands() {
        let folder = folder_with(&["new", "replacing", "aside"]);
        let saves = Saves::default();
        saves.share().add(folder.path().join("new"), None);
        saves.share().add(folder.path().join("replacing"), Some(folder.path().join("aside")));
        saves.keep();
        assert_eq!(names(&folder), ["new", "replacing"]);
    }

    #[test]
    fn a_save_that_ends_after_its_call_was_dropped_is_undone() {
        let folder = folder_with(&["late"]);
        let saves = Saves::default();
        let share = saves.share();
        drop(saves);
        share.add(folder.path().join("late"), None);
        assert!(names(&folder).is_empty());
    }
}
