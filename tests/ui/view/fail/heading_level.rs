use filekit::prelude::*;

fn page() -> View {
    view![heading(level = 7, "Files")]
}

fn main() {}
