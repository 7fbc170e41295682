use filekit::prelude::*;

#[state(name = "picked")]
#[derive(Default)]
struct Picked {
    items: Vec<String>,
}

fn main() {}
