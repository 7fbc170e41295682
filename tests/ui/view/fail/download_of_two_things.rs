use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(url = "/a.pdf", data = "a"), "Save")]
}

fn main() {}
