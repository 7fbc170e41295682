use filekit::prelude::*;

fn page(count: u32) -> View {
    view![file_list(count)]
}

fn main() {}
