use filekit::prelude::*;

fn page() -> View {
    view![div(attr("class", "wide"))]
}

fn main() {}
