use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Album;

#[state]
impl Album {
    #[event]
    fn archive(&self, keys: Vec<String>) -> Download {
        Download::data(keys.join(","))
    }
}

fn page(files: &[StoredFile]) -> View {
    view![file_list(files, on_download = |keys| Album::archive(keys))]
}

fn main() {}
