use filekit::prelude::*;

fn cards(inside: View) -> View {
    inside
}

fn page() -> View {
    view![cards(text("Photos"))]
}

fn main() {}
