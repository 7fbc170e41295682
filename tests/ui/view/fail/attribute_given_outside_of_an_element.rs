use filekit::prelude::*;

fn page() -> View {
    view![attr("hx-get", "/"), text("a")]
}

fn main() {}
