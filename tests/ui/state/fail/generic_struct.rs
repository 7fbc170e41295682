use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Picked<T> {
    items: Vec<T>,
}

fn main() {}
