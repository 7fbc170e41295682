//! What happens with the files: nothing unusual, only slowly, or not at all.

use std::time::Duration;

use filekit::prelude::*;

const A_WHILE: Duration = Duration::from_secs(5);

#[state]
#[derive(Default)]
pub(crate) struct Album {
    pub(crate) files: Vec<StoredFile>,
}

#[state]
impl Album {
    /// Keeps every file.
    #[event]
    pub(crate) async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    /// Keeps every file, after some time.
    #[event]
    pub(crate) async fn keep_slowly(&mut self, files: Vec<UploadFile>) -> Result<()> {
        tokio::time::sleep(A_WHILE).await;
        self.keep(files).await
    }

    /// Keeps no file.
    #[event]
    pub(crate) async fn refuse(&mut self, files: Vec<UploadFile>) -> Result<()> {
        Err(Error::user(format!(
            "Not today: {} files are not kept.",
            files.len()
        )))
    }

    /// Removes a file for good.
    #[event]
    pub(crate) async fn remove(&mut self, key: String, #[extract] storage: Files) -> Result<()> {
        // A key comes from the browser: only what is the visitor's own is removed.
        if let Some(at) = self.files.iter().position(|file| file.key() == key) {
            storage.remove(self.files.remove(at).key()).await?;
        }
        Ok(())
    }

    /// Hands over what is selected, as an archive.
    #[event]
    pub(crate) fn archive(&self, keys: Vec<String>) -> Download {
        let selected = self
            .files
            .iter()
            .filter(|file| keys.iter().any(|key| key == file.key()));
        Download::zip(selected.map(Download::stored)).filename("files.zip")
    }
}

/// Takes its time, and finds nothing.
pub(crate) async fn look(_: &UploadFile) -> Result<Verdict> {
    tokio::time::sleep(A_WHILE).await;
    Ok(Verdict::Clean)
}
