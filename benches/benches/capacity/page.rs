//! The page that visitors click and upload on: their last files, with a note each.

use std::path::Path;

use filekit::FileKit;
use filekit::prelude::*;
use filekit::storage::StoredFile;
use serde::{Deserialize, Serialize};

/// How many files the page shows.
const SHOWN: usize = 20;

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    id: u64,
    name: String,
    file: Option<StoredFile>,
    note: String,
}

#[state]
struct Tray {
    files: Vec<Entry>,
    last: u64,
}

impl Default for Tray {
    fn default() -> Self {
        let entry = |id| Entry { id, name: format!("scan {id}.pdf"), file: None, note: String::new() };
        Self { files: (1..=SHOWN as u64).map(entry).collect(), last: SHOWN as u64 }
    }
}

#[state]
impl Tray {
    #[event]
    fn annotate(&mut self, note: String) {
        let middle = SHOWN / 2;
        self.files[middle].note = note;
    }

    #[event]
    async fn keep(&mut self, file: UploadFile) -> Result<()> {
        let file = file.save().await?;
        self.last += 1;
        self.files.remove(0);
        self.files.push(Entry { id: self.last, name: file.name().to_owned(), file: Some(file), note: String::new() });
        Ok(())
    }
}

async fn tray(tray: Current<Tray>) -> View {
    view![
        heading("Tray"),
        input(id = "note", on_change = Tray::annotate(value_of("note"))),
        upload(id = "files", "Drop a file here"),
        button(on_click = Tray::keep(upload_files("files")), "Keep"),
        for entry in &tray.files {
            card(
                key = entry.id,
                text(&entry.name),
                text(entry.file.as_ref().map_or(0, StoredFile::size) / 1000, " kB"),
                text(&entry.note),
            )
        },
    ]
}

#[tokio::main]
pub(crate) async fn serve(folder: &Path) -> Result<()> {
    FileKit::builder().upload_dir(folder).build()?.serve(Router::new().route("/", get(tray))).await
}
