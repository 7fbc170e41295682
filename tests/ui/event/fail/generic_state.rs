use filekit::prelude::*;

struct Counter<T>(T);

#[state]
impl<T> Counter<T> {
    #[event]
    fn add(&mut self) {}
}

fn main() {}
