use filekit::prelude::*;

fn page() -> View {
    view![vstack(spacing = 2, padding = 1, spacing = 4, "text")]
}

fn main() {}
