use filekit::prelude::*;

fn page() -> View {
    view![vstack(let name = "a.txt", text(name))]
}

fn main() {}
