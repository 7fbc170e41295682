//! Downloads of what visitors have uploaded: one file, or all of them as an archive.

use filekit::prelude::*;

use crate::parts::{part, row};

#[state]
#[derive(Default)]
pub(crate) struct Store {
    names: Vec<String>,
}

#[state]
impl Store {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.names.push(file.save().await?.name().to_owned());
        }
        Ok(())
    }

    /// A stored file, also under another name. A download that broke off goes on where it was.
    #[event]
    fn one(&self, name: String) -> Download {
        Download::stored(&name).filename(format!("copy of {name}"))
    }

    /// An archive is written while it is sent. Equal names are numbered.
    #[event]
    fn all(&self) -> Download {
        let files = self.names.iter().map(Download::stored);
        let more = [
            Download::data("first").filename("注.txt"),
            Download::data("second").filename("注.txt"),
            Download::json(&self.names).filename("names.json"),
        ];
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
        for name in &state.names {
            row(
                name,
                view![button(
                    on_click = Store::one(name.clone()),
                    aria_label = format!("Save {name}"),
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
        "What you upload here can be had again.",
        rows,
    )
}
