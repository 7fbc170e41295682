use filekit::prelude::*;

#[state]
struct Picked {
    items: Vec<String>,
}

fn main() {}
