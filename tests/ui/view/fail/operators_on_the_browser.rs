use filekit::prelude::*;

fn not() -> View {
    view![upload(id = "a"), if !is_uploading("a") { text("Idle") }]
}

fn and() -> View {
    view![upload(id = "a"), if has_selection("a") && !is_uploading("a") { text("Ready") }]
}

fn main() {}
