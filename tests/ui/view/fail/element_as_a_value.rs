use filekit::prelude::*;

fn page() -> View {
    view![time("now").to_owned()]
}

fn main() {}
