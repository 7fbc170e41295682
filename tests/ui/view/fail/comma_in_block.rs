use filekit::prelude::*;

fn page() -> View {
    let known = true;
    view![vstack(if known {
        text("first"),
        text("second")
    })]
}

fn main() {}
