use filekit::prelude::*;

fn page() -> View {
    view![vstack(buton("Save"))]
}

fn main() {}
