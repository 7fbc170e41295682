use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = "alert(1)", "Save")]
}

fn main() {}
