use filekit::prelude::*;

fn page() -> View {
    view![el("use", attr("xlink:href", 4))]
}

fn main() {}
