use filekit::prelude::*;

fn page() -> View {
    view![el(text("Photos"))]
}

fn main() {}
