use filekit::prelude::*;

fn page() -> View {
    view![vstack(align = 3, "Photos")]
}

fn main() {}
