use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "photos"), for file in selected_files("photo") {
        text(file.name());
    }]
}

fn main() {}
