use filekit::prelude::*;

fn page() -> View {
    view![el("gallerybox", "Photos")]
}

fn main() {}
