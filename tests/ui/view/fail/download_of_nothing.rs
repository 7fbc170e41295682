use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(filename = "a.pdf"), "Save")]
}

fn main() {}
