use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(url = "/a.pdf", filename = "a.pdf", filename = "b.pdf"), "Save")]
}

fn main() {}
