use filekit::prelude::*;

fn page() -> View {
    let name = String::new();
    view![vstack(text(name.), text("fine"))]
}

fn main() {}
