use filekit::prelude::*;

#[state(owner)]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

fn main() {}
