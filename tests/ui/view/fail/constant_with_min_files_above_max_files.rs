use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos").min_files(3).max_files(2);

fn page() -> View {
    view![upload(id = PHOTOS, "Drop")]
}

fn main() {}
