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
pub(crate) struct SharedSaves(Arc<Mutex<Vec<Save>>>);

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
        for save in self.0.take() {
            if let Some(aside) = save.replaced {
                log_failure(std::fs::remove_file(aside));
            }
        }
    }
}

impl SharedSaves {
    pub(crate) fn add(&self, path: PathBuf, replaced: Option<PathBuf>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Save { path, replaced });
    }

    fn take(&self) -> Vec<Save> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Saves {
    fn drop(&mut self) {
        // The last save first: two of one name undo each other in turn.
        for save in self.0.take().into_iter().rev() {
            log_failure(match save.replaced {
                Some(aside) => std::fs::rename(aside, save.path),
                None => std::fs::remove_file(save.path),
            });
        }
    }
}

fn log_failure(result: std::io::Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, "what a handler saved could not be tidied up");
    }
}
