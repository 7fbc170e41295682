use filekit::prelude::*;

fn page() -> View {
    view![vstak(button("Save"), text("or not"))]
}

fn main() {}
