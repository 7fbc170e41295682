use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add<T: Into<u32>>(&mut self, count: T) {
        self.count += count.into();
    }
}

fn main() {}
