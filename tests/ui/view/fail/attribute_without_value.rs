use filekit::prelude::*;

fn page() -> View {
    view![button(color = , "Save")]
}

fn main() {}
