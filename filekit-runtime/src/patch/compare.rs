//! Finds the changes from the fingerprint of a view to a new view. Rows of a list are matched in `rows.rs`.

use super::change::{Change, ElementPath, Op, Row};
use super::fingerprint::{BlockPrint, ListPrint, PartPrint};
use super::outline::{Block, Cell, Content, List, Part, Span};
use super::rows::{self, RowStep};
use crate::offer::Uploads;
use crate::view::{Filling, View};
use crate::wire::marker;

/// The new view, with what fills the holes of markup that travels.
pub(super) struct Comparison<'v, F> {
    pub(super) view: &'v View,
    pub(super) fill: F,
}

impl<F: FnMut(&Filling, &Uploads, &mut String)> Comparison<'_, F> {
    /// Returns the change of a block, if there is one.
    pub(super) fn change(&mut self, old: &BlockPrint, new: &Block) -> Option<Change> {
        let are_same_parts = old.parts.len() == new.parts.len();
        let is_own = old.own != new.own || old.cells.len() != new.cells.len() || !are_same_parts;
        let mut ops = Vec::new();
        let markup = if is_own {
            let kept = if are_same_parts { &*new.parts } else { &[] };
            Some(self.markup(new.span.clone(), kept))
        } else {
            self.cells(old, new, &mut ops);
            None
        };
        if are_same_parts {
            let parts = old.parts.iter().zip(&new.parts).enumerate();
            ops.extend(parts.filter_map(|(nth, (old, new))| self.part(nth, old, new)));
        }
        (is_own || !ops.is_empty()).then_some(Change(markup, ops))
    }

    fn cells(&mut self, old: &BlockPrint, new: &Block, ops: &mut Vec<Op>) {
        // The content of an element that travels goes with it.
        let mut sent = 0;
        for (old, cell) in old.cells.iter().zip(&new.cells) {
            if *old == cell.own || cell.span.start < sent {
                continue;
            }
            ops.push(self.cell(cell, &new.parts[cell.parts.clone()]));
            if !cell.is_tag {
                sent = cell.span.end;
            }
        }
    }

    fn cell(&mut self, cell: &Cell, parts: &[Part]) -> Op {
        let path = ElementPath(cell.path);
        let markup = self.markup(cell.span.clone(), parts);
        if cell.is_tag { Op::Attributes(path, markup) } else { Op::Element(path, markup) }
    }

    fn part(&mut self, nth: usize, old: &PartPrint, new: &Part) -> Option<Op> {
        match (old, &new.content) {
            (PartPrint::Block(old), Content::Block(new)) => Some(Op::Range(nth, self.change(old, new)?)),
            (PartPrint::List(old), Content::List(new)) if old.own == new.own => {
                Some(Op::Rows { nth, olds: old.rows.len(), rows: self.rows(old, new)? })
            }
            _ => Some(Op::Range(nth, self.whole(new.inside()))),
        }
    }

    fn rows(&mut self, old: &ListPrint, new: &List) -> Option<Vec<Row>> {
        let steps = rows::steps(old, new)?.into_iter();
        let rows = steps.map(|step| match step {
            RowStep::Kept { first, count } => Row::Kept { first, count },
            RowStep::New(row) => Row::New(self.markup(new.span(row), &[])),
            RowStep::Changed { place, row } => {
                Row::Changed { place, change: self.row(old.blocks.get(place), new, row) }
            }
        });
        Some(rows.collect())
    }

    fn row(&mut self, old: Option<&BlockPrint>, new: &List, row: usize) -> Change {
        // A row that differs has a difference in its block.
        let change = old.zip(new.blocks.get(row)).and_then(|(old, block)| self.change(old, block));
        change.unwrap_or_else(|| self.whole(new.span(row)))
    }

    fn whole(&mut self, span: Span) -> Change {
        Change::whole(self.markup(span, &[]))
    }

    /// Markup as it travels, with a comment for each part that is kept.
    fn markup(&mut self, span: Span, kept: &[Part]) -> String {
        let mut markup = String::new();
        let mut at = span.start;
        for part in kept {
            self.view.fill_part(at..part.span.start, &mut self.fill, &mut markup);
            for text in ["<!--", marker::KEEP, "-->"] {
                markup.push_str(text);
            }
            at = part.span.end;
        }
        self.view.fill_part(at..span.end, &mut self.fill, &mut markup);
        markup
    }
}
