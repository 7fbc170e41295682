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

fn page(is_public: bool) -> View {
    view![
        upload(id = PHOTOS, "Photos"),
        if is_public {
            upload(id = "notes", "Notes")
        },
        button(on_click = Album::keep(upload_files("photo")), "Keep"),
    ]
}

fn main() {}
