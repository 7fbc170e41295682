use filekit::prelude::*;

fn page() -> View {
    view![button(color = "primry", "Save")]
}

fn main() {}
