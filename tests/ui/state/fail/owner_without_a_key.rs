use filekit::prelude::*;

#[state(owner = axum::http::HeaderMap)]
#[derive(Default)]
struct Room {
    names: Vec<String>,
}

fn main() {}
