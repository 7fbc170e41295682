use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download("/a.pdf", filename = "a.pdf"), "Save")]
}

fn main() {}
