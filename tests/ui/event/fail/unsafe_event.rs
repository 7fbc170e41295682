use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    unsafe fn add(&mut self) {
        self.count += 1;
    }
}

fn main() {}
