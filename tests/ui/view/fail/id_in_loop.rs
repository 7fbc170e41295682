use filekit::prelude::*;

fn page(count: u64) -> View {
    view![for number in 0..count { input(id = "title"); }]
}

fn main() {}
