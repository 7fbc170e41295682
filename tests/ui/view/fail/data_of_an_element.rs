use filekit::prelude::*;

fn page() -> View {
    view![div(data = "photo.svg")]
}

fn main() {}
