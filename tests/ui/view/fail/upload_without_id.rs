use filekit::prelude::*;

fn page() -> View {
    view![upload(border = "1px dashed", "Drop files here")]
}

fn main() {}
