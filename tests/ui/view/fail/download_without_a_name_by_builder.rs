use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = Download::url("/a.pdf").filename(" "), "Save")]
}

fn main() {}
