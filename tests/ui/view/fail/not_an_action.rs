use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = 3 + 4, "Save")]
}

fn main() {}
