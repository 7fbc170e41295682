use filekit::prelude::*;

fn page() -> View {
    view![el("script", "alert(1)")]
}

fn main() {}
