use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Picked {
    names: Vec<String>,
    file: Option<std::fs::File>,
}

fn main() {}
