//! Downloads of what visitors have uploaded: one file, or all of them as an archive.

use filekit::prelude::*;

use crate::parts::{part, row};

#[state]
#[derive(Default)]
pub(crate) struct Store {
    files: Vec<StoredFile>,
}

#[state]
impl Store {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    /// A stored file, also under another name. An interrupted download resumes where it was.
    #[event]
    fn one(&self, key: String) -> Result<Download> {
        let file = self.files.iter().find(|file| file.key() == key);
        let file = file.ok_or_else(|| Error::user("That file is not in the store any more."))?;
        Ok(Download::stored(file).filename(format!("copy of {}", file.name())))
    }

    /// An archive is written while it is sent. Equal names are numbered.
    #[event]
    fn all(&self) -> Download {
        let names: Vec<&str> = self.files.iter().map(StoredFile::name).collect();
        let more = [
            Download::data("first").filename("注.txt"),
            Download::data("second").filename("注.txt"),
            Download::json(&names).filename("names.json"),
        ];
        let files = self.files.iter().map(Download::stored);
        Download::zip(files.chain(more)).filename("everything.zip")
    }
}

/// The card with the store.
pub(crate) fn store(state: &Store) -> View {
    let rows = view![
        upload(
            id = "files",
            max_total = "20 MB",
            on_drop = Store::keep(upload_files("files")),
            button("Add files"),
        ),
        for file in &state.files {
            row(
                file.name(),
                view![button(
                    on_click = Store::one(file.key().to_owned()),
                    aria_label = format!("Save {}", file.name()),
                    "Save"
                )],
            );
        },
        row(
            "All of them, and notes",
            view![button(color = "primary", on_click = Store::all, "Archive")]
        ),
    ];
    part(
        "From the store",
        "Upload files, and download them again.",
        rows,
    )
}
