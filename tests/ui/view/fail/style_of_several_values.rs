use filekit::prelude::*;

fn page() -> View {
    view![vstack(padding = "1em; color: red", "text")]
}

fn main() {}
