use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(url = "/a.pdf", filname = "a.pdf"), "Save")]
}

fn main() {}
