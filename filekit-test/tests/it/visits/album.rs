//! The program under test: an album of photos, and how a failure of a test is read.

use std::time::Duration;

use filekit::prelude::*;
use filekit_test::{File, Program, file};

pub(crate) const PHOTOS: Upload = Upload::new("photos").accept(&["image/png"]).max_files(3).max_size(4 * MB);
pub(crate) const NOTES: Upload = Upload::new("notes");

#[state]
#[derive(Default)]
pub(crate) struct Album {
    photos: Vec<StoredFile>,
    owner: String,
    size: String,
    is_public: bool,
    notes: Vec<String>,
}

#[state]
impl Album {
    /// Keeps photos.
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<Toast> {
        let count = files.len();
        for file in files {
            self.photos.push(file.save().await?);
        }
        Ok(Toast::success(format!("{count} photos are kept")))
    }

    /// Keeps the names of notes as soon as they are chosen.
    #[event]
    fn note(&mut self, files: Vec<UploadFile>) {
        self.notes.extend(files.iter().map(|file| file.name().to_string()));
    }

    #[event]
    async fn remove(&mut self, place: usize, #[extract] files: Files) -> Result<()> {
        files.remove(&self.photos.remove(place)).await?;
        Ok(())
    }

    #[event]
    fn describe(&mut self, owner: String, size: String, is_public: bool) -> Result<()> {
        if owner == "Nobody" {
            return Err(Error::user("An album needs an owner."));
        }
        (self.owner, self.size, self.is_public) = (owner, size, is_public);
        Ok(())
    }

    /// Turns the photos round.
    #[event]
    fn turn_round(&mut self) {
        self.photos.reverse();
    }

    /// Hands a list of the photos over.
    #[event]
    fn list(&mut self) -> Download {
        self.size = "listed".to_owned();
        let names: Vec<String> = self.photos.iter().map(|photo| photo.name().to_owned()).collect();
        Download::data(names.join("\n")).filename("photos.txt")
    }
}

async fn index(album: Current<Album>) -> View {
    view![vstack(
        heading(level = 1, "Album"),
        upload(id = PHOTOS, button("Choose photos")),
        for file in selected_files(PHOTOS) {
            hstack(
                text(file.name(), " (", file.size_text(), ")"),
                text(file.error()),
                button(on_click = remove_file(&file), "Leave out"),
            )
        },
        if is_waiting(PHOTOS) {
            text("Waiting for the connection")
        },
        button(on_click = Album::keep(upload_files(PHOTOS)), "Send"),
        button(on_click = clear_selected_files(PHOTOS), "Clear"),
        button(disabled = true, "Frame"),
        text("Photos: ", album.photos.len()),
        for (place, photo) in album.photos.iter().enumerate() {
            hstack(link(href = photo.url(), photo.name()), button(on_click = Album::remove(place), "Remove"))
        },
        button(on_click = Album::turn_round, "Turn round"),
        button(on_click = Album::list, "List"),
        upload(id = NOTES, on_drop = Album::note(upload_files(NOTES)), button("Add notes")),
        text("Notes: ", album.notes.join(", ")),
        form(
            id = "description",
            on_submit = Album::describe(value_of("owner"), value_of("size"), value_of("public")),
            label(r#for = "owner", "Owner"),
            input(id = "owner", name = "owner", required = true),
            label(r#for = "size", "Size"),
            select(id = "size", name = "size", option(value = "s", "Small"), option(value = "l", "Large")),
            label(r#for = "public", "For everyone"),
            input(id = "public", name = "public", r#type = "checkbox"),
            button(r#type = "submit", "Describe"),
        ),
        text("Of ", &album.owner, ", ", &album.size, ", ", if album.is_public { "public" } else { "private" }),
        link(href = "/about", "About"),
    )]
}

async fn about() -> View {
    view![vstack(heading("About"), link(href = "/", "Back"))]
}

pub(crate) fn pages() -> Router {
    Router::new().route("/", get(index)).route("/about", get(about))
}

pub(crate) fn program() -> Program {
    Program::new(pages(), |kit| kit)
}

/// A file of some bytes that is judged as a picture.
pub(crate) fn picture(name: &str, size: usize) -> File {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.resize(size.max(bytes.len()), 0);
    file(name, bytes)
}

/// The words with which a test fails.
pub(crate) async fn failure(test: impl Future<Output: Send> + Send + 'static) -> String {
    let failed = tokio::time::timeout(Duration::from_secs(60), tokio::spawn(async { drop(test.await) })).await;
    let panic = failed.expect("an end").expect_err("the test should fail").into_panic();
    match panic.downcast::<String>() {
        Ok(words) => *words,
        Err(panic) => panic.downcast::<&str>().map(|words| (*words).to_owned()).expect("words"),
    }
}
