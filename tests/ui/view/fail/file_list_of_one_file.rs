use filekit::prelude::*;

fn page(file: &StoredFile) -> View {
    view![file_list(file)]
}

fn main() {}
