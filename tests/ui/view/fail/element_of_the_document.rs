use filekit::prelude::*;

fn page() -> View {
    view![el("body", "Photos")]
}

fn main() {}
