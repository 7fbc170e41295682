use filekit::prelude::*;

fn page(names: &[String]) -> View {
    view![
        upload(id = "photos"),
        for name in names {
            if has_selection("photos") {
                break;
            }
            text(name);
        },
    ]
}

fn main() {}
