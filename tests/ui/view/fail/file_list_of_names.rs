use filekit::prelude::*;

fn page(names: &[String]) -> View {
    view![file_list(names)]
}

fn main() {}
