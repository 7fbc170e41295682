use filekit::prelude::*;

fn page() -> View {
    view![image(src = "/a.png", "a picture")]
}

fn main() {}
