use filekit::prelude::*;

fn page() -> View {
    view![badge(color = "pink", "New")]
}

fn main() {}
