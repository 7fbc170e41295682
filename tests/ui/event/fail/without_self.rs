use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add(count: u32) {
        let _ = count;
    }
}

fn main() {}
