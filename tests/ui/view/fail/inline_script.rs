use filekit::prelude::*;

fn page() -> View {
    view![script("alert(1)")]
}

fn main() {}
