use filekit::prelude::*;

fn page() -> View {
    view![button(attr("onclick", "alert(1)"), "Save")]
}

fn main() {}
