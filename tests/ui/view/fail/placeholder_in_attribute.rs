use filekit::prelude::*;

fn page(id: u64) -> View {
    view![link(href = "/albums/{id}", "Album")]
}

fn main() {}
