use filekit::prelude::*;

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
    const PHOTOS: Upload = Upload::new("photos");
    view![uploader(on_upload = Album::keep(upload_files(PHOTOS)))]
}

fn main() {}
