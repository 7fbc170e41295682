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

fn element() -> View {
    view![filelist(on_remove = |file| Album::remove(file))]
}

fn attribute(files: &[StoredFile]) -> View {
    view![file_list(files, on_delete = |file| Album::remove(file))]
}

fn main() {}
