//! A file that is being saved under a new key.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::clock;
use crate::error::Result;
use crate::storage::{Folder, StoredFile};
use crate::upload::UploadFile;

type Saving = Pin<Box<dyn Future<Output = Result<StoredFile>> + Send>>;

/// A file that is saved when this is awaited: what [`UploadFile::save`] and [`UploadFile::save_in`] return.
#[must_use = "nothing is saved unless it is awaited"]
pub struct Save(Progress);

enum Progress {
    Chosen(Box<Chosen>),
    Running(Saving),
    Done,
}

struct Chosen {
    file: UploadFile,
    folder: Option<String>,
    expires_in: Option<Duration>,
}

impl Save {
    pub(super) fn new(file: UploadFile, folder: Option<String>) -> Self {
        Self(Progress::Chosen(Box::new(Chosen { file, folder, expires_in: None })))
    }

    /// Lets the file end after so long, counted from now, in whole seconds. From then on its links answer with 404, and it is not in lists any more; it
    /// is removed within ten minutes, or when the next server starts. When it ends is a part of its key, so a copy or a
    /// new name of it ends at the same time.
    ///
    /// A browser that has the file may show it for longer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_files::Result;
    /// # use filekit_files::storage::StoredFile;
    /// use std::time::Duration;
    ///
    /// use filekit_files::upload::UploadFile;
    ///
    /// const A_WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
    ///
    /// async fn keep(file: UploadFile) -> Result<StoredFile> {
    ///     file.save().expires_in(A_WEEK).await
    /// }
    /// ```
    pub fn expires_in(mut self, time: Duration) -> Self {
        if let Progress::Chosen(chosen) = &mut self.0 {
            chosen.expires_in = Some(time);
        }
        self
    }
}

impl Chosen {
    async fn save(self) -> Result<StoredFile> {
        let folder = self.folder.map_or_else(|| Ok(Folder::root()), |folder| Folder::parse(&folder))?;
        // What ends after all that can be written does not end.
        let end = self.expires_in.and_then(|time| clock::now().checked_add(time));
        self.file.save_new(folder, end).await
    }
}

impl Future for Save {
    type Output = Result<StoredFile>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<StoredFile>> {
        if let Progress::Chosen(_) = self.0
            && let Progress::Chosen(chosen) = std::mem::replace(&mut self.0, Progress::Done)
        {
            self.0 = Progress::Running(Box::pin(chosen.save()));
        }
        let Progress::Running(saving) = &mut self.0 else { return Poll::Pending };
        let saved = saving.as_mut().poll(context);
        if saved.is_ready() {
            self.0 = Progress::Done;
        }
        saved
    }
}

impl fmt::Debug for Save {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Save");
        if let Progress::Chosen(chosen) = &self.0 {
            shown.field("file", &chosen.file).field("expires_in", &chosen.expires_in);
        }
        shown.finish_non_exhaustive()
    }
}
