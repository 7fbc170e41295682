use filekit::prelude::*;

fn page() -> View {
    view![button(aria-label = "Save", "S")]
}

fn main() {}
