use filekit::prelude::*;

fn page() -> View {
    view![div(attr("hx-get"))]
}

fn main() {}
