use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Album;

#[state]
impl Album {
    #[event]
    fn remove(&mut self, key: String) {
        let _ = key;
    }
}

fn page(files: &[StoredFile]) -> View {
    view![file_list(files, on_remove = Album::remove)]
}

fn main() {}
