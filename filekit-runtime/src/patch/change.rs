//! The changes of a patch, as values and as JSON. `compare.rs` finds them; the browser's types are `client/src/patch/change.ts`.
//!
//! ```text
//! change = [markup of the block or null, [op, ...]]
//! op     = ["attributes", path, tag] | ["element", path, markup] | ["range", nth, change] | ["rows", nth, old count, [row, ...]]
//! row    = [first, count] unchanged | markup of a new one | [place, change]
//! ```
//!
//! In markup of a block or an element, a comment represents each of its ranges: changes in those are ops of their own.

use serde::{Serialize, Serializer};

use crate::view::Path;

/// The changes of a block: its whole content, if there is any markup, and then single things in it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change(pub(super) Option<String>, pub(super) Vec<Op>);

/// One thing that changes in a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// An element's attributes become those of a tag.
    Attributes(ElementPath, String),
    /// An element becomes another.
    Element(ElementPath, String),
    /// A range changes, by its number in the block.
    Range(usize, Change),
    /// A list has other rows, by its number in the block.
    Rows {
        /// Which of the block's ranges it is.
        nth: usize,
        /// How many rows it had.
        olds: usize,
        rows: Vec<Row>,
    },
}

/// One row of a list, or several that are as before.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// Old rows from a place on, as they are.
    Kept { first: usize, count: usize },
    /// The markup of a new one.
    New(String),
    /// An old one, changed.
    Changed { place: usize, change: Change },
}

/// Where an element is in its block: its place among the children of each element around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementPath(pub(super) Path);

impl Change {
    /// The change to just that.
    pub(super) fn whole(markup: String) -> Self {
        Self(Some(markup), Vec::new())
    }
}

impl Serialize for Op {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Attributes(path, tag) => ("attributes", path, tag).serialize(serializer),
            Self::Element(path, markup) => ("element", path, markup).serialize(serializer),
            Self::Range(nth, change) => ("range", nth, change).serialize(serializer),
            Self::Rows { nth, olds, rows } => ("rows", nth, olds, rows).serialize(serializer),
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Kept { first, count } => (first, count).serialize(serializer),
            Self::New(markup) => markup.serialize(serializer),
            Self::Changed { place, change } => (place, change).serialize(serializer),
        }
    }
}

impl Serialize for ElementPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The macros write the numbers of a path with commas between them.
        serializer.collect_seq(self.0.split(',').filter_map(|number| number.parse::<usize>().ok()))
    }
}
