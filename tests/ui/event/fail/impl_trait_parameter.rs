use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add(&mut self, count: impl Into<u32>) {
        self.count += count.into();
    }
}

fn main() {}
