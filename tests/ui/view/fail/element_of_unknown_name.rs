use filekit::prelude::*;

fn page() -> View {
    view![el("cirle", attr("r", 4))]
}

fn main() {}
