use filekit::prelude::*;

fn page() -> View {
    view![textarea(rows = "four")]
}

fn main() {}
