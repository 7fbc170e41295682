//! The look of the cards and rows of the page; each card is a module of its own.

use filekit::prelude::*;

/// A card with a heading, a line about it, and rows.
pub(crate) fn part(title: &str, about: &str, rows: View) -> View {
    view![card(vstack(
        spacing = 4,
        vstack(
            spacing = 1,
            heading(level = 2, title),
            text(color = "var(--fk-text-soft)", about),
        ),
        rows,
    ))]
}

/// A row: what there is, and what to press for it. They stay side by side on a small screen.
pub(crate) fn row(what: &str, controls: View) -> View {
    view![hstack(
        align = "center",
        flex_wrap = "nowrap",
        text(flex_grow = 1, width = "8rem", what),
        hstack(spacing = 2, flex_wrap = "wrap", justify = "end", controls),
    )]
}
