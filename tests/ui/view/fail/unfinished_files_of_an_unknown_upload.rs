use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos"), for file in unfinished_files("photo") { text(file.name()) }]
}

fn main() {}
