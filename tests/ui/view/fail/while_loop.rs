use filekit::prelude::*;

fn page() -> View {
    view![vstack(while true { text("again") })]
}

fn main() {}
