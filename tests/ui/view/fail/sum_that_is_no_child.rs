use filekit::prelude::*;

fn page() -> View {
    let waited = std::time::Duration::ZERO;
    view![text("after ", waited + waited, waited.saturating_sub(waited))]
}

fn main() {}
