use filekit::prelude::*;

fn page() -> View {
    view![iframe(srcdoc = "<p>")]
}

fn main() {}
