use filekit::prelude::*;

fn page() -> View {
    view![button(colour = "primary", "Save")]
}

fn main() {}
