//! What a row is known by may be a name that a `let` of the row binds, and hides one from outside.

use filekit::prelude::*;

struct Note {
    id: &'static str,
    inner: Inner,
}

struct Inner {
    number: u32,
}

fn main() {
    let notes = [Note { id: "a", inner: Inner { number: 1 } }];
    let _ = view![
        for note in &notes {
            let id = note.id;
            li(key = id, id)
        },
        for note in &notes {
            let note = &note.inner;
            li(key = note.number, "one")
        },
        for note in &notes {
            header(note.id);
            li(key = note.id, "two")
        },
    ];
}
