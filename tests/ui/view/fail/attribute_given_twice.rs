use filekit::prelude::*;

fn page() -> View {
    view![button(attr("title", "Save"), title = "Save", "Save")]
}

fn main() {}
