use filekit::prelude::*;

#[state]
#[derive(Default)]
enum Step {
    #[default]
    First,
}

fn main() {}
