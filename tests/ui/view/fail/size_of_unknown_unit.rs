use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", max_size = "20 mb")]
}

fn main() {}
