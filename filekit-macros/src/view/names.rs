//! The elements that a view knows and how they are spelt in HTML; attributes are the runtime's to know. The names themselves are
//! in `elements.rs`.

use syn::{Expr, ExprLit, Lit};

use super::ast::Value;
use super::elements::{EVENTS, HTML, KIT};
use crate::similar;

/// The element that a call in a view means if its name is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ElementName {
    /// The name in Rust, which is also that of the constant that lists the attributes.
    pub(crate) name: &'static str,
    /// The class of a kit element, behind `fk-`.
    pub(crate) class: &'static str,
    /// The name in HTML.
    pub(crate) tag: &'static str,
    /// A void element has no children and no closing tag.
    pub(crate) void: bool,
    /// Kit elements have a class and style attributes.
    pub(crate) kit: bool,
}

/// Finds the element of that name.
pub(crate) fn element(name: &str) -> Option<ElementName> {
    let kit = KIT.iter().find(|(kit, _)| *kit == name);
    let (name, tag) = match kit {
        Some(&(name, tag)) => (name, tag),
        None => HTML.binary_search(&name).ok().map(|at| (HTML[at], HTML[at]))?,
    };
    let class = if name == "file_list" { "file-list" } else { name };
    Some(ElementName { name, class, tag, void: VOID.contains(&tag), kit: kit.is_some() })
}

impl ElementName {
    /// Tells whether it has the id, the rules and the zone of an upload.
    pub(crate) fn is_upload(self) -> bool {
        matches!(self.name, "upload" | "uploader")
    }
}

/// Tells whether a name may be that of an element, misspelt.
pub(crate) fn is_like_an_element(name: &str) -> bool {
    similar::nearest(name, KIT.iter().map(|(kit, _)| *kit).chain(HTML.iter().copied())).is_some()
}

/// The element that `el` with that tag means.
pub(crate) fn any(tag: &str) -> ElementName {
    ElementName { name: "el", class: "", tag: "", void: VOID.contains(&tag), kit: false }
}

/// Tells whether a tag is one of the elements that HTML has inside of a document's body.
pub(crate) fn is_html(tag: &str) -> bool {
    html().any(|known| known == tag)
}

/// The tags that are HTML's.
pub(crate) fn html() -> impl Iterator<Item = &'static str> {
    KIT.iter().map(|(_, tag)| *tag).chain(HTML.iter().copied())
}

/// The void elements of the HTML standard, by tag.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that a view cannot have: their content would be a script or a style sheet in the page, which its content
/// security policy forbids.
pub(crate) const INLINE: &[&str] = &["script", "style"];

/// How a literal number of a style attribute is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StyleNumber {
    /// As so many steps of the theme's spacing.
    Steps,
    /// As it is.
    Plain,
    /// As so many columns of equal width.
    Columns,
    /// Not at all.
    Never,
}

/// Returns the CSS property of a style attribute of `element`, and what a number means to it.
pub(crate) fn style(element: ElementName, attribute: &str) -> Option<(String, StyleNumber)> {
    if !element.kit || (attribute == "color" && has_scheme(element)) {
        return None;
    }
    let (_, property, number) = STYLES.iter().find(|(name, ..)| *name == attribute)?;
    let property = if property.is_empty() { attribute.replace('_', "-") } else { (*property).to_owned() };
    Some((property, *number))
}

/// Tells whether `color` names a colour scheme on this element, and not a CSS colour.
pub(crate) fn has_scheme(element: ElementName) -> bool {
    matches!(element.name, "button" | "badge")
}

/// Returns how HTML spells an attribute.
pub(crate) fn spelling(element: ElementName, attribute: &str) -> String {
    match attribute {
        "color" if has_scheme(element) => "data-color".to_owned(),
        "directory" if element.is_upload() => "webkitdirectory".to_owned(),
        _ => attribute.replace('_', "-"),
    }
}

/// Style attributes: name, property (empty: the name with hyphens), and the meaning of a number.
const STYLES: &[(&str, &str, StyleNumber)] = &[
    ("align", "align-items", StyleNumber::Never),
    ("background", "", StyleNumber::Never),
    ("border", "", StyleNumber::Steps),
    ("border_radius", "", StyleNumber::Steps),
    ("box_shadow", "", StyleNumber::Never),
    ("color", "", StyleNumber::Never),
    ("columns", "grid-template-columns", StyleNumber::Columns),
    ("flex_grow", "", StyleNumber::Plain),
    ("flex_wrap", "", StyleNumber::Never),
    ("font_size", "", StyleNumber::Steps),
    ("font_weight", "", StyleNumber::Plain),
    ("gap", "", StyleNumber::Steps),
    ("height", "", StyleNumber::Steps),
    ("justify", "justify-content", StyleNumber::Never),
    ("line_height", "", StyleNumber::Plain),
    ("margin", "", StyleNumber::Steps),
    ("margin_bottom", "", StyleNumber::Steps),
    ("margin_left", "", StyleNumber::Steps),
    ("margin_right", "", StyleNumber::Steps),
    ("margin_top", "", StyleNumber::Steps),
    ("margin_x", "margin-inline", StyleNumber::Steps),
    ("margin_y", "margin-block", StyleNumber::Steps),
    ("max_height", "", StyleNumber::Steps),
    ("max_width", "", StyleNumber::Steps),
    ("min_height", "", StyleNumber::Steps),
    ("min_width", "", StyleNumber::Steps),
    ("opacity", "", StyleNumber::Plain),
    ("overflow", "", StyleNumber::Never),
    ("padding", "", StyleNumber::Steps),
    ("padding_bottom", "", StyleNumber::Steps),
    ("padding_left", "", StyleNumber::Steps),
    ("padding_right", "", StyleNumber::Steps),
    ("padding_top", "", StyleNumber::Steps),
    ("padding_x", "padding-inline", StyleNumber::Steps),
    ("padding_y", "padding-block", StyleNumber::Steps),
    ("spacing", "gap", StyleNumber::Steps),
    ("text_align", "", StyleNumber::Never),
    ("width", "", StyleNumber::Steps),
];

/// Returns how a view spells an attribute that HTML or React spell otherwise: `onclick`, `onClick`, `className`.
pub(crate) fn own_spelling(written: &str) -> Option<String> {
    match written {
        "className" | "class_name" => return Some("class".to_owned()),
        "htmlFor" | "html_for" => return Some("r#for".to_owned()),
        _ => {}
    }
    let joined = written.replace('_', "").to_ascii_lowercase();
    let joined = joined.strip_prefix("on")?;
    let event = EVENTS.iter().find(|event| event.replace('_', "") == joined)?;
    Some(format!("on_{event}")).filter(|own| own != written)
}

/// Attributes that may refer to an event.
pub(crate) const LINKS: &[&str] = &["href", "action", "formaction"];

/// Attributes of `upload` that belong to its file input and not to the zone around it.
pub(crate) const UPLOAD_INPUT: &[&str] = &["capture", "directory", "disabled", "name"];

/// Attributes of `upload` that are not written as they are: its rules, and how its zone behaves.
pub(crate) const UPLOAD_SETTINGS: &[&str] = &[
    "accept",
    "check",
    "drag_active",
    "max_files",
    "max_size",
    "max_total",
    "min_files",
    "min_size",
    "multiple",
    "no_click",
    "no_drag",
    "no_keyboard",
    "paste",
    "replace",
    "required",
    "sha256",
    "strip_metadata",
];

/// Elements whose value a form sends under a name.
pub(crate) const CONTROLS: &[&str] = &["checkbox", "input", "select", "textarea"];

/// Types of `input` whose value is nothing that a visitor enters.
pub(crate) const VALUELESS: &[&str] = &["button", "file", "image", "reset", "submit"];

/// Attributes by which a button says itself what it does in a browser without scripts.
pub(crate) const BUTTON_OWN: &[&str] = &[
    "form",
    "formaction",
    "formenctype",
    "formmethod",
    "formnovalidate",
    "formtarget",
    "name",
    "popovertarget",
    "popovertargetaction",
    "type",
    "value",
];

/// Attributes by which a form says itself where it is sent to.
pub(crate) const FORM_OWN: &[&str] = &["action", "enctype", "method"];

/// Functions whose first argument is the id of an upload.
pub(crate) const TAKES_UPLOAD: &[&str] = &[
    "upload_files",
    "selected_files",
    "rejected_files",
    "unfinished_files",
    "upload_progress",
    "is_uploading",
    "is_paused",
    "is_waiting",
    "has_selection",
    "is_dragging",
    "clear_selected_files",
    "cancel_upload",
    "pause_upload",
    "resume_upload",
    "discard_unfinished",
    "open_file_dialog",
];

/// Tells whether a value is the word `true`.
pub(crate) fn is_true(value: &Value) -> bool {
    matches!(value, Value::Dynamic(Expr::Lit(ExprLit { lit: Lit::Bool(word), .. })) if word.value)
}

#[cfg(test)]
mod tests {
    use super::super::elements;
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(KIT.is_sorted());
        assert!(HTML.is_sorted(), "it is searched by halves");
        assert!(STYLES.is_sorted_by_key(|(name, ..)| *name));
    }

    #[test]
    fn every_attribute_of_style_has_a_property() {
        let with_property = STYLES.iter().map(|(name, ..)| *name).filter(|name| *name != "color");
        assert_eq!(with_property.collect::<Vec<_>>(), elements::STYLES);
    }

    #[test]
    fn the_kit_comes_before_html() {
        let link = element("link").unwrap();
        assert_eq!((link.tag, link.kit, link.void), ("a", true, false));
        let image = element("image").unwrap();
        assert_eq!((image.tag, image.void), ("img", true));
        assert!(KIT.iter().all(|(name, _)| HTML.binary_search(name).is_err()));
        assert_eq!(element("buton"), None);
    }

    #[test]
    fn spellings_of_others_are_known() {
        let own = |written| own_spelling(written);
        assert_eq!(own("onclick").as_deref(), Some("on_click"));
        assert_eq!(own("onClick").as_deref(), Some("on_click"));
        assert_eq!(own("on_dropRejected").as_deref(), Some("on_drop_rejected"));
        assert_eq!(own("htmlFor").as_deref(), Some("r#for"));
        assert_eq!((own("on_click"), own("one"), own("clickon")), (None, None, None));
    }

    #[test]
    fn style_attributes_are_of_the_kit_alone() {
        let property = |name, attribute| style(element(name).unwrap(), attribute).map(|(property, _)| property);
        assert_eq!(property("vstack", "spacing").as_deref(), Some("gap"));
        assert_eq!(property("vstack", "min_width").as_deref(), Some("min-width"));
        assert_eq!(property("text", "color").as_deref(), Some("color"));
        assert_eq!(property("button", "color"), None);
        assert_eq!(property("div", "padding"), None);
    }
}
