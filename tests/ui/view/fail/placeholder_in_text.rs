use filekit::prelude::*;

fn page(name: &str) -> View {
    view![text("Hello {name}!")]
}

fn main() {}
