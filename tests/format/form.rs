//! A long form out of plain HTML elements.

use filekit::prelude::*;

pub(super) fn page(countries: &[(&str, &str)], chosen: &str) -> View {
    view![form(
        action = "/order",
        method = "post",
        fieldset(
            legend("Where to"),
            label(r#for = "country", "Country"),
            select(
                id = "country",
                name = "country",
                required = true,
                option(
                    value = "",
                    disabled = true,
                    selected = chosen.is_empty(),
                    "Choose one"
                ),
                for (code, name) in countries {
                    option(value = *code, selected = *code == chosen, *name)
                },
            ),
            label(checkbox(name = "gift", value = "yes"), " It is a gift"),
            textarea(
                name = "words",
                rows = 4,
                placeholder = "Some words to go with it"
            ),
        ),
        hstack(
            justify = "flex-end",
            button(r#type = "reset", color = "neutral", "Start anew"),
            button(r#type = "submit", color = "primary", "Order"),
        ),
    )]
}
