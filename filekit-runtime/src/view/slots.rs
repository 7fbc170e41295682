//! Where the parts of a view stand that may be different the next time; not what is in them.
//!
//! ```text
//! range     <!--fk[--> .. <!--fk]-->   what has a varying number of nodes: a branch, a view, a list
//! row       of a list; where it is not just one element, <!--fk,--> stands before it
//! element   one whose text may change, known by its path
//! tag       one whose attributes may change, likewise
//! ```
//!
//! A path counts elements from the block down: at each level those that stand in no range.

use std::hash::{BuildHasher as _, Hash};

use crate::patch::SEED;
use crate::view::Writer;
use crate::wire::marker;

/// Where a part begins or ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// A place in the markup; the comments of a range and of a row lie inside of it.
    pub(crate) at: usize,
    pub(crate) kind: MarkKind,
}

/// What begins or ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MarkKind {
    Range,
    List,
    EndRange,
    /// Ends the row before as well.
    Row,
    /// What the row is known by.
    Key(u64),
    Element(Path),
    EndElement,
    Tag(Path),
    EndTag,
}

/// The place of an element among those of its block.
pub(crate) type Path = &'static [u16];

/// `<!--fk[-->`, and as long as the comment at the end.
pub(crate) const MARKER_LENGTH: usize = "<!---->".len() + marker::BEGIN.len();

impl Writer {
    /// Begins what has a varying number of nodes.
    pub fn begin_range(&mut self) {
        self.begin(MarkKind::Range);
    }

    /// Begins the rows of a list.
    pub fn begin_list(&mut self) {
        self.begin(MarkKind::List);
    }

    fn begin(&mut self, kind: MarkKind) {
        if self.has_slots() {
            self.mark(kind);
            self.comment(marker::BEGIN);
        }
    }

    /// Ends a range or a list.
    pub fn end_range(&mut self) {
        if self.has_slots() {
            self.comment(marker::END);
            self.mark(MarkKind::EndRange);
        }
    }

    /// Begins a row of a list, which is one element by itself unless it `is_marked`.
    pub fn row(&mut self, is_marked: bool) {
        if self.has_slots() {
            self.mark(MarkKind::Row);
            if is_marked {
                self.comment(marker::ROW);
            }
        }
    }

    /// Says what the row is known by, so that it stays itself when its content changes.
    pub fn key(&mut self, key: &(impl Hash + ?Sized)) {
        if self.has_slots() {
            self.mark(MarkKind::Key(SEED.hash_one(key)));
        }
    }

    /// Begins an element whose text may change.
    pub fn begin_element(&mut self, path: &'static [u16]) {
        self.mark(MarkKind::Element(path));
    }

    /// Ends it.
    pub fn end_element(&mut self) {
        self.mark(MarkKind::EndElement);
    }

    /// Begins a tag whose attributes may change.
    pub fn begin_tag(&mut self, path: &'static [u16]) {
        self.mark(MarkKind::Tag(path));
    }

    /// Ends it.
    pub fn end_tag(&mut self) {
        self.mark(MarkKind::EndTag);
    }

    /// From here on nothing can be changed by itself: in templates, which the browser copies, and where comments are text.
    pub fn begin_inert(&mut self) {
        self.inert += 1;
    }

    /// From here on things can be changed by themselves again.
    pub fn end_inert(&mut self) {
        self.inert -= 1;
    }

    pub(crate) fn has_slots(&self) -> bool {
        self.inert == 0
    }

    fn mark(&mut self, kind: MarkKind) {
        if self.has_slots() {
            let at = self.html().len();
            self.view.marks.push(Mark { at, kind });
        }
    }

    fn comment(&mut self, text: &'static str) {
        for part in ["<!--", text, "-->"] {
            self.html().push_str(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_ranges_are_of_one_length() {
        assert_eq!(marker::BEGIN.len(), marker::END.len());
    }
}
