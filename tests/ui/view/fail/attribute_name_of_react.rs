use filekit::prelude::*;

fn page() -> View {
    view![p(className = "wide", "Photos")]
}

fn main() {}
