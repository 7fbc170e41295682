use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", multiple = false, max_files = 3)]
}

fn main() {}
