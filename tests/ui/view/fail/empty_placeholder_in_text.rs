use filekit::prelude::*;

fn page(count: usize) -> View {
    view![text("{} files", count)]
}

fn main() {}
