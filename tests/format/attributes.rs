//! Attributes of every kind of value, short and long.

use filekit::prelude::*;

pub(super) struct Field {
    pub(super) name: String,
    pub(super) hint: Option<String>,
    pub(super) required: bool,
}

pub(super) fn page(field: &Field, width: u32) -> View {
    view![
        label(
            r#for = &field.name,
            class = ("label", field.hint.as_deref()),
            "Your name"
        ),
        input(
            id = &field.name,
            name = &field.name,
            r#type = "text",
            placeholder = field.hint.as_deref().unwrap_or("Anything you like"),
            required = field.required,
            tabindex = -1,
            maxlength = 80,
            aria_label = format!("The field {}", field.name),
            aria_required = field.required,
            data_width = width * 2,
            width = "100%",
        ),
        image(
            src = "/logo.svg",
            alt = "",
            width = 4,
            height = 4.5,
            opacity = 0.5
        ),
        card(
            style = "outline: 1px solid",
            padding = 4,
            border = "1px solid #ccc",
            text("A card")
        ),
    ]
}
