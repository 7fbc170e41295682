use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = download(url = "javascript:alert(1)"), "Save")]
}

fn main() {}
