//! Components: functions that return `View`, with children, by path and in a list.

use filekit::prelude::*;

pub(super) fn panel(title: &str, body: View) -> View {
    view![section(class = "panel", h2(title), body)]
}

mod icons {
    use filekit::prelude::*;

    pub(super) fn named(name: &str) -> View {
        view![i(class = ("icon", name), aria_hidden = true)]
    }
}

/// Bears the name of an element, so it is called by path.
fn card(text: &str) -> View {
    view![div(class = "my-card", text)]
}

pub(super) fn page(names: &[&str]) -> View {
    view![
        panel(
            "First",
            view![icons::named("star"), " A panel with a body of its own"]
        ),
        panel(
            "Second",
            view![
                p("Bodies may be as long as they like, and are views like any other."),
                self::card("mine"),
            ],
        ),
        names.iter().map(|name| panel(name, view![text(*name)])),
        raw_html("<em>from elsewhere</em>"),
    ]
}
