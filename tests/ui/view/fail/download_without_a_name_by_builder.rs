use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = Download::data("a").filename(" "), "Save")]
}

fn main() {}
