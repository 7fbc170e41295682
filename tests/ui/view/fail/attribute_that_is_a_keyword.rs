use filekit::prelude::*;

fn page() -> View {
    view![input(type = "text")]
}

fn main() {}
