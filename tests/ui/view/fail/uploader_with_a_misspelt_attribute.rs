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
    view![uploader(id = "photos", acept = "image/*", on_upload = Album::keep(upload_files("photos")))]
}

fn main() {}
