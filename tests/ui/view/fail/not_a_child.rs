use filekit::prelude::*;

fn page() -> View {
    let path = std::path::PathBuf::new();
    view![text("saved as ", path)]
}

fn main() {}
