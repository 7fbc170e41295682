use filekit::prelude::*;

fn page() -> View {
    view![vstack(upload(id = "photos"), upload(id = "photos"))]
}

fn main() {}
