//! What kind of file is it? One judgement of content and name decides which files `accept` lets in, what `mime()` says
//! and how a file is served.
//!
//! ```text
//! first bytes -> signature, text -> Content -+
//! name -> extension -> Formats --------------+-> Judgement -> accept (list of a page) -> taken, put right, refused
//!                                                          -> mime()
//!                                                          -> shown: what a browser may do with it
//! ```
//!
//! What is known of formats is data: `table.rs` and `signatures.rs`.

pub mod accept;
mod content;
mod formats;
mod judgement;
mod riff;
mod shown;
mod signatures;
mod sniff;
mod sound;
mod table;
mod text;
mod zip;

pub use formats::extension_of_type;
pub(crate) use formats::of_extension;
pub use judgement::sniff_type;
pub(crate) use judgement::{Judgement, Name, extension, type_of_name};
pub(crate) use shown::{is_shown, policy};
pub(crate) use text::is_valid_utf_8 as is_utf_8;

/// How many first bytes of a file are looked at: the same wherever its type is judged, so that there is one answer. Tags of
/// sounds apart, what tells a type stands in the first KiB of nearly all formats.
pub(crate) const SNIFF_LENGTH: usize = 4 * 1024;
