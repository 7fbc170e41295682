use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", max_files = 0)]
}

fn main() {}
