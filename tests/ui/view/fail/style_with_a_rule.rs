use filekit::prelude::*;

fn page() -> View {
    view![div(style = "&:hover { color: red }", "text")]
}

fn main() {}
