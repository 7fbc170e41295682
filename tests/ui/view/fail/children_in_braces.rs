use filekit::prelude::*;

fn page() -> View {
    view![vstack { text("a") }]
}

fn main() {}
