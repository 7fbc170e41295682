use filekit::prelude::*;

fn page() -> View {
    let name = Some("a.txt");
    view![vstack(if name { text("named") })]
}

fn main() {}
