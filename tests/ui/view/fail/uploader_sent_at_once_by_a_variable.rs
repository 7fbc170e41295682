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

fn page(at_once: bool) -> View {
    view![uploader(id = "photos", auto = at_once, on_upload = Album::keep(upload_files("photos")))]
}

fn main() {}
