use filekit::prelude::*;

fn page() -> View {
    view![class = "wide", text("a")]
}

fn main() {}
