use filekit::prelude::*;

fn page() -> View {
    view![uploader(id = "photos", max_files = 5)]
}

fn main() {}
