//! Slots: the places of the parts of a view that may be different the next time. They are compared in `patch/`.
//!
//! ```text
//! range     <!--fk[--> .. <!--fk]-->   what has a varying number of nodes: a branch, a view, a list
//! row       of a list; where it is not just one element, <!--fk,--> precedes it
//! element   one whose text may change, known by its path
//! tag       one whose attributes may change, likewise
//! ```
//!
//! A path counts elements from the block down: at each level those that are in no range.
//!
//! A row in which there is no list travels as a whole, so nothing is noted of its parts: most pages that are large are lists
//! of such rows.

use std::hash::{BuildHasher as _, Hash};

use crate::hash::SEED;
use crate::view::{View, Writer};
use crate::wire::marker;

/// Where a part begins or ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    /// A place in the markup; the comments of a range and of a row lie inside of it.
    pub(crate) at: usize,
    pub(crate) kind: MarkKind,
}

/// The part that begins or ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MarkKind {
    Range,
    List,
    EndRange,
    /// Ends the row before as well. It may say what the row is known by.
    Row(Option<u64>),
    Element(Path),
    EndElement,
    Tag(Path),
    EndTag,
}

/// The place of an element among those of its block: numbers with commas between them.
pub(crate) type Path = &'static str;

/// `<!--fk[-->`, and as long as the comments at the end and of a row.
pub(crate) const MARKER_LENGTH: usize = "<!---->".len() + marker::BEGIN.len();

/// Why marks of the developer's markup can always be read: `view!` writes them.
const WELL_FORMED: &str = "marks that `view!` wrote";

impl View {
    /// The view without the comments of ranges and rows, and nothing that can be changed by itself: for where comments are
    /// text. All comments like those are: other text is escaped, and other markup has none.
    pub(crate) fn without_comments(&self) -> Self {
        let is_comment = |at: &usize| {
            let text = &self.html[at + "<!--".len()..];
            [marker::BEGIN, marker::END, marker::ROW].iter().any(|marker| text.starts_with(marker))
        };
        let comments: Vec<usize> = self.html.match_indices("<!--").map(|(at, _)| at).filter(is_comment).collect();
        let mut plain = Self { html: String::with_capacity(self.html.len()), marks: Vec::new(), ..self.clone() };
        let mut copied = 0;
        for at in &comments {
            plain.html.push_str(&self.html[copied..*at]);
            copied = at + MARKER_LENGTH;
        }
        plain.html.push_str(&self.html[copied..]);
        for hole in &mut plain.holes {
            hole.at -= MARKER_LENGTH * comments.partition_point(|at| *at < hole.at);
        }
        plain
    }
}

impl Writer {
    /// Appends markup that was written by the developer, in which things begin and end.
    ///
    /// Each of the `marks` is how many bytes it is behind the one before, if any, and what it is: a range `[`, a list
    /// `{`, the end of either `]`, a row that is one element `-`, any other `+`, an element `<` with its path and `;`, its
    /// end `>`, a tag `(` with its path and `;`, and its end `)`.
    pub fn marked(&mut self, html: &'static str, mut marks: &'static str) {
        if !self.has_slots() {
            return self.markup(html);
        }
        let mut rest = html;
        while !marks.is_empty() {
            let (before, behind) = rest.split_at(take_number(&mut marks));
            self.markup(before);
            rest = behind;
            self.take_mark(&mut marks);
        }
        self.markup(rest);
    }

    fn take_mark(&mut self, marks: &mut &'static str) {
        let (kind, rest) = marks.split_at(1);
        *marks = rest;
        match kind {
            "[" => self.begin_range(),
            "{" => self.begin_list(),
            "]" => self.end_range(),
            "-" => self.row(false),
            "+" => self.row(true),
            "<" => self.mark(MarkKind::Element(take_path(marks))),
            ">" => self.mark(MarkKind::EndElement),
            "(" => self.mark(MarkKind::Tag(take_path(marks))),
            ")" => self.mark(MarkKind::EndTag),
            _ => unreachable!("{WELL_FORMED}"),
        }
    }

    /// Begins what has a varying number of nodes.
    pub(crate) fn begin_range(&mut self) {
        self.begin(MarkKind::Range);
    }

    /// Begins the rows of a list.
    pub(crate) fn begin_list(&mut self) {
        self.begin(MarkKind::List);
    }

    fn begin(&mut self, kind: MarkKind) {
        if self.has_slots() {
            self.mark(kind);
            self.comment(marker::BEGIN);
            self.open.push(matches!(kind, MarkKind::List).then_some(self.view.marks.len()));
        }
    }

    /// Ends a range or a list.
    pub(crate) fn end_range(&mut self) {
        if self.has_slots() {
            self.end_row();
            self.open.pop();
            self.comment(marker::END);
            self.mark(MarkKind::EndRange);
        }
    }

    /// Begins a row of a list, which is one element by itself unless it `is_marked`.
    pub(crate) fn row(&mut self, is_marked: bool) {
        if self.has_slots() {
            self.end_row();
            self.make_room_for_row();
            self.mark(MarkKind::Row(None));
            if let Some(Some(first)) = self.open.last_mut() {
                *first = self.view.marks.len();
            }
            if is_marked {
                self.comment(marker::ROW);
            }
        }
    }

    /// Forgets the parts of the row at hand, if there is one and no list is in it.
    fn end_row(&mut self) {
        if let Some(&Some(first)) = self.open.last()
            && !self.view.marks[first..].iter().any(|mark| matches!(mark.kind, MarkKind::List))
        {
            self.view.marks.truncate(first);
        }
    }

    /// Says what the row is known by that has just begun, so that it stays itself when its content changes.
    pub fn key(&mut self, key: &(impl Hash + ?Sized)) {
        if self.has_slots()
            && let Some(&Some(first)) = self.open.last()
            && let Some(Mark { kind: MarkKind::Row(known), .. }) = self.view.marks[..first].last_mut()
        {
            *known = Some(SEED.hash_one(key));
        }
    }

    /// Starts an inert region: no patch reaches inside a template, which the browser copies, or where comments are text.
    pub fn begin_inert(&mut self) {
        self.inert += 1;
    }

    /// Ends an inert region.
    pub fn end_inert(&mut self) {
        self.inert -= 1;
    }

    pub(crate) fn has_slots(&self) -> bool {
        self.inert == 0
    }

    fn mark(&mut self, kind: MarkKind) {
        if self.has_slots() {
            let at = self.html().len();
            if self.view.marks.capacity() == 0 {
                // A small view has about as many.
                self.view.marks.reserve(16);
            }
            self.view.marks.push(Mark { at, kind });
        }
    }

    fn comment(&mut self, text: &'static str) {
        for part in ["<!--", text, "-->"] {
            self.html().push_str(part);
        }
    }
}

/// Takes the number that a text begins with; 0 if it does not.
fn take_number(text: &mut &'static str) -> usize {
    let mut number = 0;
    while let Some(digit) = text.as_bytes().first().filter(|byte| byte.is_ascii_digit()) {
        number = number * 10 + usize::from(digit - b'0');
        *text = &text[1..];
    }
    number
}

fn take_path(marks: &mut &'static str) -> Path {
    // A few bytes, in which a search as for long texts takes longer.
    let end = marks.bytes().position(|byte| byte == b';').expect(WELL_FORMED);
    let path = &marks[..end];
    *marks = &marks[end + 1..];
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_ranges_and_rows_are_of_one_length() {
        assert_eq!([marker::END.len(), marker::ROW.len()], [marker::BEGIN.len(); 2]);
    }
}
