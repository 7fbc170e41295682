use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


struct Step(u32);

#[state]
impl Counter {
    #[event]
    fn add(&mut self, step: Step) {
        self.count += step.0;
    }
}

fn main() {}
