use filekit::prelude::*;

fn page(wide: bool) -> View {
    view![div(if wide { attr("hx-get", "/"); })]
}

fn main() {}
