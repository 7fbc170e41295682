//! A page in an editor with rust-analyzer: what is offered while one types, and what is known about what was typed.
//! What rustc says is for the compile-fail cases.

mod complete;
mod diagnose;
mod navigate;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use filekit_tests::Editor;

/// A program with events of every visibility; `VIEW` is what its page shows.
const PROGRAM: &str = r#"
use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos");

#[state]
#[derive(Default)]
struct Album {
    /// What is kept.
    names: Vec<String>,
    photos: Vec<StoredFile>,
    is_public: bool,
}

#[state]
impl Album {
    /// Keeps the photos.
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<()> {
        for photo in photos {
            self.names.push(photo.save().await?.name().to_owned());
        }
        Ok(())
    }

    /// Removes one photo.
    #[event]
    pub fn remove(&mut self, name: String) {
        self.names.retain(|one| *one != name);
    }

    /// Hands over several photos.
    #[event]
    fn archive(&self, keys: Vec<String>) -> Download {
        Download::data(keys.join(","))
    }

    #[event]
    pub(crate) fn sort(&mut self) {
        self.names.sort();
    }

    fn count(&self) -> usize {
        self.names.len()
    }
}

async fn index(album: Current<Album>) -> View {
    let total = album.count();
    view![
        VIEW
    ]
}

fn main() {
    filekit::serve(Router::new().route("/", get(index)));
}
"#;

/// Types a page into the editor; `$0` is where the cursor is then. There is one editor, which the tests take by turns.
fn type_view(view: &str) -> MutexGuard<'static, Editor> {
    type_program(&PROGRAM.replace("VIEW", view))
}

/// Types a whole program.
fn type_program(program: &str) -> MutexGuard<'static, Editor> {
    static EDITOR: OnceLock<Mutex<Editor>> = OnceLock::new();
    let editor = EDITOR.get_or_init(|| Mutex::new(Editor::open(Path::new(env!("CARGO_TARGET_TMPDIR")))));
    // A test that failed left nothing behind: the next one types anew.
    let mut editor = editor.lock().unwrap_or_else(PoisonError::into_inner);
    editor.type_text(program);
    editor
}
