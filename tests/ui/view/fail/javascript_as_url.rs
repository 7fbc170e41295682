use filekit::prelude::*;

fn page() -> View {
    view![link(href = "javascript:alert(1)", "Open")]
}

fn main() {}
