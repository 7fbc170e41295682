//! A list of files that follows every change: what is added, annotated, moved or taken out travels alone, and what is being
//! typed stays. Run it with `cargo run -p example-shelf` and open the address that it prints, in two windows: they stay
//! in sync.

use filekit::prelude::*;

const FILES: Upload = Upload::new("files").max_size(100 * MB);

#[state]
#[derive(Default)]
struct Shelf {
    files: Vec<Entry>,
    added: u64,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Entry {
    id: u64,
    file: StoredFile,
    note: String,
}

#[state]
impl Shelf {
    /// Puts files on top, and shows each as soon as it is kept.
    #[event]
    async fn add(&mut self, files: Vec<UploadFile>, updates: Updates) -> Result<()> {
        for file in files {
            self.added += 1;
            let entry = Entry {
                id: self.added,
                file: file.save().await?,
                note: String::new(),
            };
            self.files.insert(0, entry);
            updates.send(self).await?;
        }
        Ok(())
    }

    /// Says something about a file.
    #[event]
    fn annotate(&mut self, id: u64, note: String) -> Result<()> {
        let entry = self.files.iter_mut().find(|entry| entry.id == id);
        entry
            .ok_or_else(|| Error::user("That file is not on the shelf any more."))?
            .note = note;
        Ok(())
    }

    /// Takes a file off the list, and off the disk.
    #[event]
    async fn remove(&mut self, id: u64, #[extract] files: Files) -> Result<()> {
        for entry in self.files.extract_if(.., |entry| entry.id == id) {
            files.remove(&entry.file).await?;
        }
        Ok(())
    }

    /// Turns the list round.
    #[event]
    fn turn_round(&mut self) {
        self.files.reverse();
    }
}

async fn index(shelf: Current<Shelf>) -> View {
    view![vstack(
        spacing = 4,
        padding = "2em",
        heading(level = 1, "Shelf"),
        upload(
            id = FILES,
            on_drop = Shelf::add(upload_files(FILES)),
            vstack(button("Add files"), text("or drop them here")),
        ),
        hstack(
            text(shelf.files.len(), " files"),
            button(on_click = Shelf::turn_round, "Turn the list round"),
        ),
        vstack(for entry in &shelf.files {
            card(key = entry.id, row(entry))
        }),
    )]
}

/// The content of a card. Its key keeps the element, with the text being typed into it, wherever the card moves.
fn row(entry: &Entry) -> View {
    let note = format!("note-{}", entry.id);
    view![hstack(
        link(
            href = entry.file.url(),
            target = "_blank",
            entry.file.name()
        ),
        badge(entry.file.size() / 1000, " kB"),
        input(
            id = &note,
            value = &entry.note,
            width = "14em",
            placeholder = "Note",
            aria_label = format_args!("Note about {}", entry.file.name()),
            on_change = Shelf::annotate(entry.id, value_of(&note)),
        ),
        button(
            on_click = Shelf::remove(entry.id),
            aria_label = format_args!("Remove {}", entry.file.name()),
            "Remove",
        ),
    )]
}

fn pages() -> Router {
    Router::new().route("/", get(index))
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(pages()).await
}

#[cfg(test)]
mod tests;
