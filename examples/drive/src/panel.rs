//! Panels that a button opens and Escape closes. Browsers do both by themselves.

use std::fmt::Display;

use filekit::prelude::*;

/// A button, and the panel that it opens.
pub(crate) fn panel(id: &str, (text, label): (&str, impl Display), content: View) -> View {
    view![
        button(
            class = "drive-opens",
            popovertarget = id,
            aria_label = label.to_string(),
            text
        ),
        div(id = id, class = "drive-panel", popover = "auto", content),
    ]
}

/// The field in which a folder is chosen or written.
pub(crate) fn folder_field(id: &str) -> View {
    view![
        label(r#for = id, "Move to folder"),
        input(
            id = id,
            list = DESTINATIONS,
            required = true,
            autocomplete = "off",
            placeholder = "claims/42",
        ),
    ]
}

/// The id of the list of folders that [`folder_field`] offers.
pub(crate) const DESTINATIONS: &str = "destinations";
