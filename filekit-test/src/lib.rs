#![doc = include_str!("../README.md")]

mod difference;
mod download;
mod event_stream;
mod faults;
mod file;
mod html;
mod names;
mod page;
mod program;
mod time;
mod visitor;

pub use download::Download;
pub use faults::{FaultyStateStore, FaultyStorage};
pub use file::{File, file};
pub use html::{Element, Html};
pub use page::Page;
pub use program::Program;
pub use time::advance;
pub use visitor::Visitor;
