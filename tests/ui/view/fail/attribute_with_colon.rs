use filekit::prelude::*;

fn page() -> View {
    view![button(color: "primary", "Save")]
}

fn main() {}
