use filekit::prelude::*;

fn borrowed() -> View {
    view![upload(id = "a"), for file in &selected_files("a") { text(file.name()) }]
}

fn counted() -> View {
    view![upload(id = "a"), for (nth, file) in selected_files("a").iter().enumerate() { text(nth, file.name()) }]
}

fn files() -> View {
    view![upload(id = "a"), for file in upload_files("a") { text(file.name()) }]
}

fn main() {}
