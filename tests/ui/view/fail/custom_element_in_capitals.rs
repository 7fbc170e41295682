use filekit::prelude::*;

fn page() -> View {
    view![el("My-Tag", "Photos")]
}

fn main() {}
