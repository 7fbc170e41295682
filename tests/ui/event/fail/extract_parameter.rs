use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add(&mut self, #[extract] path: String) {
        let _ = path;
    }
}

fn main() {}
