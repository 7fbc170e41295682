use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add(&mut self) -> u32 {
        self.count += 1;
        self.count
    }
}

fn main() {}
