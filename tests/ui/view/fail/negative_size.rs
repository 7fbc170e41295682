use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", min_size = -1)]
}

fn main() {}
