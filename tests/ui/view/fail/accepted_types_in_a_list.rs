use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos", accept = ["image/png", "jpg", "imag/gif"])]
}

fn main() {}
