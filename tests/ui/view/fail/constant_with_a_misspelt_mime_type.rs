use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos").accept(&[".png", "images/*"]);

fn page() -> View {
    view![upload(id = PHOTOS, "Drop")]
}

fn main() {}
