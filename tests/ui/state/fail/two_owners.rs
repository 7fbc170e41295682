use filekit::prelude::*;

#[state(owner = Everyone, owner = SessionId)]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

fn main() {}
