//! Writes static text with the marks of what begins and ends in it, as one call. Values at run time are `mod.rs`.
//!
//! A view has as many marks as it has other calls, and it is calls that rustc's time goes to: so they travel as text. As an array
//! of constants, which would be typed, they cost more than the calls: 60 views with 9,000 elements took `cargo check` 1.6 times as
//! long as `maud`, and 1.1 times as text (`cargo bench -p benches --bench compile`). Reading them is no part that shows in a
//! page's time.

use std::fmt::Write as _;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use super::super::lower::{Slot, Step};
use crate::names::local;

/// Static text and its marks, in the notation that `Writer::marked` of the runtime reads.
#[derive(Default)]
struct Markup {
    html: String,
    marks: String,
    /// How much of the text precedes the last mark.
    marked: usize,
}

/// Tells whether a step is known when the view is compiled.
pub(super) fn is_static(step: &Step) -> bool {
    match step {
        Step::Markup(_) => true,
        Step::Slot(slot) => !matches!(slot, Slot::Key(_) | Slot::BeginInert | Slot::EndInert),
        _ => false,
    }
}

/// Writes neighbouring static steps.
pub(super) fn markup(steps: &[Step]) -> TokenStream {
    let mut markup = Markup::default();
    for step in steps {
        match step {
            Step::Markup(html) => markup.html.push_str(html),
            Step::Slot(slot) => markup.mark(slot),
            _ => {}
        }
    }
    let writer = local("writer");
    let Markup { html, marks, .. } = markup;
    match marks.is_empty() {
        true => quote_spanned!(Span::mixed_site()=> #writer.markup(#html);),
        false => quote_spanned!(Span::mixed_site()=> #writer.marked(#html, #marks);),
    }
}

impl Markup {
    fn mark(&mut self, slot: &Slot) {
        let distance = self.html.len() - self.marked;
        self.marked = self.html.len();
        if distance > 0 {
            let _ = write!(self.marks, "{distance}");
        }
        match slot {
            Slot::BeginRange => self.marks.push('['),
            Slot::BeginList => self.marks.push('{'),
            Slot::EndRange => self.marks.push(']'),
            Slot::Row(false) => self.marks.push('-'),
            Slot::Row(true) => self.marks.push('+'),
            Slot::BeginElement(path) => self.begin('<', path),
            Slot::EndElement => self.marks.push('>'),
            Slot::BeginTag(path) => self.begin('(', path),
            Slot::EndTag => self.marks.push(')'),
            Slot::Key(_) | Slot::BeginInert | Slot::EndInert => {}
        }
    }

    fn begin(&mut self, kind: char, path: &[u16]) {
        self.marks.push(kind);
        for (nth, index) in path.iter().enumerate() {
            let comma = if nth > 0 { "," } else { "" };
            let _ = write!(self.marks, "{comma}{index}");
        }
        self.marks.push(';');
    }
}
