//! Views of one root and of several, on one line and on many.

use filekit::prelude::*;

pub(super) fn nothing() -> View {
    view![]
}

pub(super) fn short() -> View {
    view![text("Nothing here yet.")]
}

pub(super) fn several() -> View {
    view![h1("Photos"), p("Choose some, or drop them below."), hr()]
}

pub(super) fn many(name: &str) -> View {
    view![
        heading(level = 1, "Photos of ", name),
        p("Choose some, or drop them below. They stay on this machine."),
        divider(),
        footer(small("Last seen today")),
    ]
    .title("Photos")
}
