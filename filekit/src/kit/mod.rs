//! The elements that are made of others: what `view!` writes calls of for `uploader` and `file_list`.
//!
//! They use what every program has, `view!` and the values of the browser, so they are examples of it as well. What is said of them
//! in a view is read by the macros (`filekit-macros/src/view/lower/composed.rs`); their look is the runtime's style sheet.

mod file_list;
mod listed;
mod slot;
mod uploader;

pub use file_list::{FileListParts, file_list, selected_keys};
pub use listed::all;
pub use slot::slot;
pub use uploader::{UploaderParts, uploader, uploader_prompt};

use crate::__private::Words;
use crate::view;
use crate::view::View;

/// The word on a button for those who see which file it is beside, with the name of that for those who hear it.
pub fn named(word: &'static str, name: &str) -> View {
    view![Words(word), span(class = "fk-unseen", " ", name)]
}
