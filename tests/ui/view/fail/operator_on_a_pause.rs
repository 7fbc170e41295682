use filekit::prelude::*;

fn page() -> View {
    view![upload(id = "a"), if is_waiting("a") || is_paused("a") { text("Not now") }]
}

fn main() {}
