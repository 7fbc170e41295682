use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", accept = "png,.jpg", "Drop")]
}

fn main() {}
