use filekit::prelude::*;

fn page() -> View {
    view![button(attr("hx get", "/"), "Save")]
}

fn main() {}
