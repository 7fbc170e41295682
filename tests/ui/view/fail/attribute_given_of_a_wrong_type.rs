use filekit::prelude::*;

fn page() -> View {
    view![div(attr("hx-vals", vec![1, 2]))]
}

fn main() {}
