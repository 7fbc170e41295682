use filekit::prelude::*;

struct Other;

fn page() -> View {
    view![button(on_click = Other::clear, "Clear")]
}

fn main() {}
