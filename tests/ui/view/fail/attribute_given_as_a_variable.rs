use filekit::prelude::*;

fn page(name: &str) -> View {
    view![div(attr(name, "/"))]
}

fn main() {}
