#![deny(warnings, missing_docs, unreachable_pub)]
//! Events of every form, and references to them.

use filekit::prelude::*;
use serde::{Deserialize, Serialize};

/// A state.
#[state]
#[derive(Default)]
pub struct Board {
    notes: Vec<Note>,
}

/// A note.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Note {
    text: String,
}

#[state]
impl Board {
    /// How many notes there may be: not an event.
    pub const MOST: usize = 10;

    /// Adds a note.
    #[event]
    pub async fn add(&mut self, Note { text }: Note, mut times: u32) -> Result<Toast> {
        while times > 0 && self.notes.len() < Self::MOST {
            self.notes.push(Note { text: text.clone() });
            times -= 1;
        }
        Ok(Toast::success("Added."))
    }

    #[event]
    fn r#move(&mut self, r#type: u32) {
        let _ = r#type;
    }

    #[event]
    fn clear(&mut self) {
        self.notes.clear();
    }

    #[event]
    fn replace(&mut self, with: Option<Vec<Self>>, _: bool, r#type: String) -> Option<Toast> {
        let _ = (with, r#type);
        None
    }

    #[event]
    fn export(&self) -> Download {
        Download::data("notes")
    }

    #[event]
    async fn keep(&mut self, cover: Option<UploadFile>, pages: Vec<UploadFile>, title: String) -> Result<()> {
        let _ = (cover, title);
        for page in pages {
            page.save().await?;
        }
        Ok(())
    }

    #[event]
    fn any(&self) -> impl filekit::event::IntoEffects {}

    #[cfg(any())]
    #[event]
    fn absent(&mut self, of: Nothing) {}

    #[deprecated]
    #[event]
    fn old(&mut self) {}

    #[event]
    fn next(&mut self) {}

    #[event]
    async fn import(&mut self, #[extract] uri: axum::http::Uri, text: String, updates: Updates) -> Result<()> {
        self.notes.push(Note { text });
        updates.send(self).await?;
        self.notes.push(Note { text: uri.path().to_owned() });
        Ok(())
    }

    #[event]
    async fn stream(&mut self, title: String, mut pages: UploadStream, updates: Updates) -> Result<()> {
        self.notes.push(Note { text: title });
        while let Some(mut page) = pages.next_file().await? {
            while let Some(chunk) = page.next_chunk().await? {
                self.notes.push(Note { text: format!("{} {} {}", page.name(), page.offset(), chunk.len()) });
            }
            updates.send(self).await?;
        }
        Ok(())
    }

    #[event]
    async fn pass_on(&self, files: filekit::upload::UploadStream) -> Option<Toast> {
        drop(files);
        None
    }

    #[event]
    fn seen(&self, #[extract] _: axum::http::HeaderMap) -> Download {
        Download::data("seen")
    }

    fn helper(&self) -> usize {
        self.notes.len()
    }

    /// Functions of every form are no events, and change nothing.
    #[must_use]
    pub(crate) const fn r#match<'a, T: Copy, const N: usize>(&'a self, _: [T; N]) -> Option<&'a str> {
        None
    }

    /// A function without `self` that is called where an event could stand.
    pub fn forget() -> Toast {
        Toast::info("Forgotten.")
    }

    #[cfg(unix)]
    fn here(self: Box<Self>) -> usize {
        self.notes.len()
    }

    #[cfg(not(unix))]
    fn here(self: Box<Self>, nowhere: Nowhere) -> usize {
        nowhere.len()
    }
}

fn page(board: Current<Board>) -> View {
    let note = Note::default();
    view![
        text(board.helper()),
        button(on_click = Board::add(&note, 2), "Twice"),
        button(on_click = Board::clear, "Clear"),
        button(on_click = Board::r#move(3), "Move"),
        button(on_click = [Board::clear, Board::next(), clear_selected_files("cover")], "All"),
        button(on_click = Board::replace(None, true, "x"), "Replace"),
        button(on_click = Board::export, "Export"),
        link(href = Board::export, "Export"),
        button(on_click = Board::any(), "Any"),
        button(on_click = Board::import("text"), "Import"),
        link(href = Board::seen, "Seen"),
        upload(id = "cover"),
        upload(id = "pages"),
        button(
            on_click = Board::keep(upload_files("cover"), upload_files("pages"), value_of::<String>("title")),
            "Keep"
        ),
        button(on_click = Board::stream(value_of::<String>("title"), upload_files("pages")), "Stream"),
        button(on_click = Board::pass_on(upload_files("pages")), "Pass on"),
        button(on_click = self::Board::clear, "Clear"),
    ]
}

fn main() {
    let _ = page;
    let mut board = Board::default();
    board.clear();
    let _ = board.r#match([1]);
    let _ = Board::forget();
    let _ = Box::new(board).here();
}
