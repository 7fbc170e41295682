use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", max_total = "a lot")]
}

fn main() {}
