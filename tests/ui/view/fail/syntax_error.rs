use filekit::prelude::*;

fn page() -> View {
    view![vstack(text(1 +), text("fine"))]
}

fn main() {}
