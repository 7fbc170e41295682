use filekit::prelude::*;

#[state(owner = u32)]
#[derive(Default)]
struct Room {
    names: Vec<String>,
}

fn main() {}
