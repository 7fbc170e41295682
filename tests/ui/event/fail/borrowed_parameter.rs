use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn rename(&mut self, name: &str) {
        let _ = name;
    }
}

fn main() {}
