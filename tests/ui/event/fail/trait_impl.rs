use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


trait Adds {
    fn add(&mut self);
}

#[state]
impl Adds for Counter {
    #[event]
    fn add(&mut self) {
        self.count += 1;
    }
}

fn main() {}
