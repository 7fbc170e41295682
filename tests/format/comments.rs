//! Comments between the parts of a view stay where they are.

use filekit::prelude::*;

pub(super) fn page(names: &[String]) -> View {
    view![
        // What the page is about.
        heading("Names"),
        vstack(
            // Steps of the theme.
            spacing = 4,
            // One line for each name.
            for name in names {
                // Escaped, like all text.
                text(name); // and ended
            },
            /* The end. */
            divider(),
        ),
    ]
}
