use filekit::prelude::*;

fn page(names: &[String]) -> View {
    view![
        upload(id = "photos"),
        'names: for name in names {
            for file in selected_files("photos") {
                text(name, file.name());
                break 'names;
            }
        },
    ]
}

fn main() {}
