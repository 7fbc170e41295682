use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = clear_selected_files("photos"), "Clear")]
}

fn main() {}
