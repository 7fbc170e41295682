use filekit::prelude::*;

fn page() -> View {
    view![input(id = "title"), textarea(id = "title")]
}

fn main() {}
