use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", accept = "images/*", "Drop")]
}

fn main() {}
