//! Elements and attributes whose names are given as text.

use filekit::prelude::*;

pub(super) fn page(query: &str, wide: bool) -> View {
    view![
        el(
            "svg",
            attr("viewBox", "0 0 8 8"),
            el("circle", attr("cx", 4), attr("cy", 4), attr("r", 3))
        ),
        el(
            "search-box",
            attr("hx-get", "/search"),
            attr("hx-target", "#results"),
            attr("hx-boost", wide),
            title = "Search",
            input(name = "query", value = query),
        ),
        div(
            id = "results",
            attr("hx-swap", if wide { "outerHTML" } else { "innerHTML" })
        ),
    ]
}
