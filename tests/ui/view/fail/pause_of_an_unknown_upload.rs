use filekit::prelude::*;

fn page() -> View {
    view![button(on_click = pause_upload("photos"), "Pause")]
}

fn main() {}
