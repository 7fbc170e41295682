use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos");

fn page() -> View {
    view![button(onclick = clear_selected_files(PHOTOS), "Clear")]
}

fn main() {}
