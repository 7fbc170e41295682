#![deny(warnings)]
//! Only one branch of an `if` runs on a server, so both may take the same value.

use filekit::prelude::*;

fn shout(name: String) -> View {
    view![strong(name)]
}

fn whisper(name: String) -> View {
    view![small(name)]
}

fn page(loud: bool, files: Vec<String>) -> View {
    let name = "a.txt".to_owned();
    view![
        if loud {
            shout(name)
        } else if files.is_empty() {
            whisper(name)
        } else {
            text(name);
            for file in files {
                shout(file)
            }
        },
    ]
}

fn main() {
    let _ = page(true, Vec::new());
}
