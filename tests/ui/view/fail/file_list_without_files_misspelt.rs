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

fn page() -> View {
    view![file_list(on_remove = |photo| Album::remov(photo.key()))]
}

fn main() {}
