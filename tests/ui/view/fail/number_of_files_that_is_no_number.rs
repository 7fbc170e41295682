use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", max_files = -1)]
}

fn main() {}
