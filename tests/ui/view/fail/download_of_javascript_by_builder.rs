use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = Download::url("javascript:alert(1)").filename("a.txt"), "Save")]
}

fn main() {}
