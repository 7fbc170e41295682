use filekit::prelude::*;

fn page() -> View {
    let count = 3;
    view![vstack(for number in count { text(number) })]
}

fn main() {}
