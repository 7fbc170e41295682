use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Album;

#[state]
impl Album {
    #[event]
    fn remove(&mut self, number: usize) {
        let _ = number;
    }
}

fn page(files: &[StoredFile]) -> View {
    view![file_list(files, on_remove = |file| Album::remove(file))]
}

fn main() {}
