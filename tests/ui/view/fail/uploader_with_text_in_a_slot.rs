use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos");

#[state]
#[derive(Default)]
struct Album;

#[state]
impl Album {
    #[event]
    fn keep(&mut self, photos: Vec<UploadFile>) {
        let _ = photos;
    }
}

fn page() -> View {
    view![uploader(id = PHOTOS, on_upload = Album::keep(upload_files(PHOTOS)), empty = "Nothing yet")]
}

fn main() {}
