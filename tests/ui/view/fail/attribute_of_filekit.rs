use filekit::prelude::*;

fn page() -> View {
    view![div(data_filekit_on_click = "[]")]
}

fn main() {}
