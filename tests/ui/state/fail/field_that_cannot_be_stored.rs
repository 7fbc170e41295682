use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Picked {
    started: Option<std::time::Instant>,
}

fn main() {}
