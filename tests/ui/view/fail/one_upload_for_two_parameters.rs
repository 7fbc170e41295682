use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Shelf {
    books: u32,
}

#[state]
impl Shelf {
    #[event]
    fn add(&mut self, cover: Option<UploadFile>, pages: Vec<UploadFile>) {
        let _ = (cover, pages);
        self.books += 1;
    }
}

fn page() -> View {
    view![
        upload(id = "files"),
        button(on_click = Shelf::add(upload_files("files"), upload_files("files")), "Add"),
    ]
}

fn main() {}
