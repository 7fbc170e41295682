use filekit::prelude::*;

fn page() -> View {
    let wide = 1;
    view![button(disabled = wide, "Save")]
}

fn main() {}
