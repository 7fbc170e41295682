//! The controls of a page, and their names: text, label, or accessible name.

use crate::html::{Element, Html};

/// The types of inputs that are buttons.
const BUTTON_TYPES: [&str; 4] = ["button", "image", "reset", "submit"];

/// Whether a visitor sees a button.
pub(crate) fn is_button(element: &Element) -> bool {
    let kind = element.attribute("type").unwrap_or_default();
    match element.name() {
        "button" | "summary" => true,
        "input" => BUTTON_TYPES.contains(&kind),
        _ => element.attribute("role") == Some("button"),
    }
}

/// Whether a visitor can click an element.
pub(crate) fn is_clickable(element: &Element) -> bool {
    let is_link = element.name() == "a" && element.has("href");
    is_button(element) || is_link || element.has("data-filekit-on-click")
}

/// Whether a visitor enters something into an element, other than files.
pub(crate) fn is_entered(element: &Element) -> bool {
    let kind = element.attribute("type").unwrap_or_default();
    match element.name() {
        "textarea" | "select" => true,
        "input" => !BUTTON_TYPES.contains(&kind) && kind != "file" && kind != "hidden",
        _ => false,
    }
}

pub(crate) fn is_checked(element: &Element) -> bool {
    element.name() == "input" && matches!(element.attribute("type"), Some("checkbox" | "radio"))
}

pub(crate) fn is_file_input(element: &Element) -> bool {
    element.name() == "input" && element.attribute("type") == Some("file")
}

/// The accessible name of a button or link: mostly its text.
pub(crate) fn button_name(element: &Element) -> String {
    let attribute = |name| element.attribute(name).unwrap_or_default().to_owned();
    let image = element.named("img").first().and_then(|image| image.attribute("alt")).unwrap_or_default().to_owned();
    let names =
        [attribute("aria-label"), element.text(), image, attribute("alt"), attribute("value"), attribute("title")];
    // The value of a button with a text is what it sends.
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
}

/// The names that find a control: labels, accessible name, placeholder, id, name. The first is the one that a visitor reads.
pub(crate) fn control_names(page: &Html, control: &Element) -> Vec<String> {
    let mut names = labels_of(page, control);
    names.extend(
        ["aria-label", "placeholder", "id", "name"]
            .iter()
            .filter_map(|name| control.attribute(name))
            .map(str::to_owned),
    );
    names.retain(|name| !name.is_empty());
    names
}

/// The name that a visitor reads at a control.
pub(crate) fn control_name(page: &Html, control: &Element) -> String {
    control_names(page, control).into_iter().next().unwrap_or_default()
}

/// The labels that name a control, or stand around it.
fn labels_of(page: &Html, control: &Element) -> Vec<String> {
    let labels = page.named("label").into_iter();
    let is_of = |label: &&Element| match (label.attribute("for"), control.attribute("id")) {
        (Some(named), Some(id)) => named == id,
        (Some(_), None) => false,
        (None, _) => label.elements().into_iter().any(|inner| std::ptr::eq(inner, control)),
    };
    labels.filter(is_of).map(Element::text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_called_by_its_labels_before_all_else() {
        let page = Html::parse(
            "<label for=a>Name</label><input id=a name=b placeholder=Ada>\
             <label>Agree <input type=checkbox name=c></label><input aria-label=Note>",
        );
        let names: Vec<_> = page.named("input").into_iter().map(|input| control_names(&page, input)).collect();
        assert_eq!(names, [vec!["Name", "Ada", "a", "b"], vec!["Agree", "c"], vec!["Note"]]);
    }

    #[test]
    fn a_button_is_called_what_is_said_of_it() {
        let page = Html::parse(
            "<button>Send</button><button aria-label=\"Remove a.png\">×</button><input type=submit value=Go>\
             <a href=/><img alt=Home></a>",
        );
        let names: Vec<_> =
            page.elements().into_iter().filter(|element| is_clickable(element)).map(button_name).collect();
        assert_eq!(names, ["Send", "Remove a.png", "Go", "Home"]);
    }
}
