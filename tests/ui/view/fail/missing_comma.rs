use filekit::prelude::*;

fn page() -> View {
    view![vstack(
        text("first")
        text("second"),
    )]
}

fn main() {}
