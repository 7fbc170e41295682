use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


impl Counter {
    #[event]
    fn add(&mut self) {
        self.count += 1;
    }
}

fn main() {}
