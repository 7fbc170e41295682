use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", min_size = "1 MiB", max_size = "1 MB")]
}

fn main() {}
