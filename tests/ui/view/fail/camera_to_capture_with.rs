use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", capture = "front", "Drop")]
}

fn main() {}
