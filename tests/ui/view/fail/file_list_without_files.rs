use filekit::prelude::*;

fn page() -> View {
    view![file_list(class = "wide")]
}

fn main() {}
