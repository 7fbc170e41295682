use filekit::prelude::*;

fn page() -> View {
    view![hstak(spacing = 4, button("Save"), text("or not"))]
}

fn main() {}
