//! The files that `file_list` takes: stored files, by value or behind a pointer.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::storage::StoredFile;

/// The files of a list. It is a call of its own, so that the compiler says what is wrong with them once, and at their place.
pub fn all<F>(files: impl IntoIterator<Item = F>) -> Vec<F> {
    files.into_iter().collect()
}

/// A file that a list shows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no stored file, and `file_list` shows those alone",
    label = "these are not `StoredFile`s",
    note = "`UploadFile::save` returns a `StoredFile`; keep that in the state, and give `file_list` all of them, such as `&album.files`"
)]
pub trait ListedFile {
    /// What is known of the file.
    fn stored(&self) -> &StoredFile;
}

impl ListedFile for StoredFile {
    fn stored(&self) -> &StoredFile {
        self
    }
}

macro_rules! behind {
    ($($pointer:ty),*) => {
        $(impl<T: ListedFile + ?Sized> ListedFile for $pointer {
            fn stored(&self) -> &StoredFile {
                (**self).stored()
            }
        })*
    };
}

behind!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl ListedFile for Cow<'_, StoredFile> {
    fn stored(&self) -> &StoredFile {
        self
    }
}
