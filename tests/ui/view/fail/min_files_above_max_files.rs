use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", min_files = 3, max_files = 2)]
}

fn main() {}
