use filekit::axum::extract::State;
use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    fn add(&mut self, #[extract] name: State<String>) {
        self.names.push(name.0);
    }
}

fn main() {}
