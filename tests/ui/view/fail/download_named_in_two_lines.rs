use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(data = "a", filename = "a\r\nb.txt"), "Save")]
}

fn main() {}
