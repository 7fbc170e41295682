//! Writes a patch as JSON; not which rows of a list are which.
//!
//! ```text
//! change = [markup of the block or null, [op, ...]]
//! op     = ["attributes", path, tag] | ["element", path, markup] | ["range", nth, change] | ["rows", nth, old count, [row, ...]]
//! row    = [first, count] unchanged | markup of a new one | [place, change]
//! ```
//!
//! In markup of a block or an element, a comment stands for each of its ranges: what changed in those are ops of their own.

use super::fingerprint::{BlockPrint, ListPrint, PartPrint};
use super::outline::{Block, Cell, Content, List, Part, Span};
use super::rows::{self, RowStep};
use crate::offer::Uploads;
use crate::view::{Filling, View};
use crate::wire::marker;

pub(super) struct PatchWriter<'v, F> {
    view: &'v View,
    fill: F,
    json: String,
    /// Markup on its way into the JSON.
    markup: String,
}

impl<'v, F: FnMut(&Filling, &Uploads, &mut String)> PatchWriter<'v, F> {
    pub(super) fn new(view: &'v View, fill: F) -> Self {
        Self { view, fill, json: String::new(), markup: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.json
    }

    /// Appends the change of a block; nothing, and `false`, if there is none.
    pub(super) fn change(&mut self, old: &BlockPrint, new: &Block) -> bool {
        let start = self.json.len();
        let are_same_parts = old.parts.len() == new.parts.len();
        let is_own = old.own != new.own || old.cells.len() != new.cells.len() || !are_same_parts;
        self.json.push('[');
        if is_own {
            let kept = if are_same_parts { &*new.parts } else { &[] };
            self.push_markup(new.span.clone(), kept);
        } else {
            self.json.push_str("null");
        }
        self.json.push_str(",[");
        let ops = self.json.len();
        if !is_own {
            self.cells(old, new, ops);
        }
        if are_same_parts {
            for (nth, (old, new)) in old.parts.iter().zip(&new.parts).enumerate() {
                self.part(nth, old, new, ops);
            }
        }
        if !is_own && self.json.len() == ops {
            self.json.truncate(start);
            return false;
        }
        self.json.push_str("]]");
        true
    }

    /// Begins another item of the list whose items begin at `first`.
    fn separate(&mut self, first: usize) {
        if self.json.len() > first {
            self.json.push(',');
        }
    }

    fn cells(&mut self, old: &BlockPrint, new: &Block, ops: usize) {
        // What is in an element that travels travels with it.
        let mut sent = 0;
        for (old, cell) in old.cells.iter().zip(&new.cells) {
            if *old == cell.own || cell.span.start < sent {
                continue;
            }
            self.separate(ops);
            self.cell(cell, &new.parts[cell.parts.clone()]);
            if !cell.is_tag {
                sent = cell.span.end;
            }
        }
    }

    fn cell(&mut self, cell: &Cell, parts: &[Part]) {
        self.json.push_str(if cell.is_tag { "[\"attributes\",[" } else { "[\"element\",[" });
        self.json.push_str(cell.path);
        self.json.push_str("],");
        self.push_markup(cell.span.clone(), parts);
        self.json.push(']');
    }

    fn part(&mut self, nth: usize, old: &PartPrint, new: &Part, ops: usize) {
        let start = self.json.len();
        self.separate(ops);
        let is_changed = match (old, &new.content) {
            (PartPrint::Block(old), Content::Block(new)) => {
                self.begin_op("range", nth);
                self.change(old, new)
            }
            (PartPrint::List(old), Content::List(new)) if old.own == new.own => {
                self.begin_op("rows", nth);
                self.push_number(old.rows.len());
                self.json.push(',');
                self.rows(old, new)
            }
            _ => {
                self.begin_op("range", nth);
                self.push_whole(new.inside());
                true
            }
        };
        match is_changed {
            true => self.json.push(']'),
            false => self.json.truncate(start),
        }
    }

    fn begin_op(&mut self, name: &str, nth: usize) {
        self.json.push_str("[\"");
        self.json.push_str(name);
        self.json.push_str("\",");
        self.push_number(nth);
        self.json.push(',');
    }

    fn rows(&mut self, old: &ListPrint, new: &List) -> bool {
        let Some(steps) = rows::steps(old, new) else { return false };
        self.json.push('[');
        for (nth, step) in steps.into_iter().enumerate() {
            if nth > 0 {
                self.json.push(',');
            }
            match step {
                RowStep::Kept { first, count } => {
                    self.json.push('[');
                    self.push_number(first);
                    self.json.push(',');
                    self.push_number(count);
                    self.json.push(']');
                }
                RowStep::New(row) => self.push_markup(new.span(row), &[]),
                RowStep::Changed { place, row } => {
                    self.json.push('[');
                    self.push_number(place);
                    self.json.push(',');
                    self.row(old.blocks.get(place), new, row);
                    self.json.push(']');
                }
            }
        }
        self.json.push(']');
        true
    }

    fn row(&mut self, old: Option<&BlockPrint>, new: &List, row: usize) {
        match (old, new.blocks.get(row)) {
            // A row that differs has a difference in its block.
            (Some(old), Some(block)) if self.change(old, block) => {}
            _ => self.push_whole(new.span(row)),
        }
    }

    /// Appends the change to just that.
    fn push_whole(&mut self, span: Span) {
        self.json.push('[');
        self.push_markup(span, &[]);
        self.json.push_str(",[]]");
    }

    /// Appends markup as a JSON string, with a comment for each part that is kept.
    fn push_markup(&mut self, span: Span, kept: &[Part]) {
        self.markup.clear();
        let mut at = span.start;
        for part in kept {
            self.view.fill_part(at..part.span.start, &mut self.fill, &mut self.markup);
            for text in ["<!--", marker::KEEP, "-->"] {
                self.markup.push_str(text);
            }
            at = part.span.end;
        }
        self.view.fill_part(at..span.end, &mut self.fill, &mut self.markup);
        // A string can always be written.
        self.json.push_str(&serde_json::to_string(&self.markup).unwrap_or_default());
    }

    fn push_number(&mut self, number: usize) {
        self.json.push_str(itoa::Buffer::new().format(number));
    }
}
