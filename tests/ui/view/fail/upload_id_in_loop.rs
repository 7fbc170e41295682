use filekit::prelude::*;

fn page() -> View {
    view![for _ in 0..3 {
        upload(id = "photos");
    }]
}

fn main() {}
