#![deny(warnings)]
//! What a call returns is shown if it is a child, and each child of it if it is an iterator.

use filekit::prelude::*;

fn row(name: &String) -> View {
    view![li(name)]
}

fn page(names: &[String]) -> View {
    view![
        ul(names.iter().map(row)),
        p(names.len(), " ", names.first().cloned(), names.to_vec(), names.concat()),
        p(names.iter().rev().map(|name| name.len())),
    ]
}

fn main() {
    let _ = page(&[]);
}
