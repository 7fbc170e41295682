//! `if` in all its forms, as a child and in a block.

use filekit::prelude::*;

pub(super) fn page(count: usize, newest: Option<&str>, is_admin: bool) -> View {
    view![
        if count == 0 {
            text("Nothing here yet.")
        },
        vstack(
            spacing = 2,
            if let Some(name) = newest {
                text("Newest: ", name)
            },
            if is_admin && count > 0 {
                badge(color = "warning", "admin");
                text(count, " files")
            } else if let Some(name) = newest
                && count > 1
            {
                text(name)
            } else {
                text("Ask an admin.")
            },
        ),
        text(if count == 1 {
            "one file"
        } else {
            "several files"
        }),
    ]
}
