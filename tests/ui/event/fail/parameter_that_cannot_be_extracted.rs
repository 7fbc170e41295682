use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}

#[state]
impl Counter {
    #[event]
    fn add(&mut self, #[extract] step: u32) {
        self.count += step;
    }
}

fn main() {}
