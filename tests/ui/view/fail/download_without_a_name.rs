use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(url = "/a.pdf", filename = ""), "Save")]
}

fn main() {}
