//! The macros' list of elements, from the runtime's tables of elements and attributes.

use std::collections::BTreeSet;

/// An attribute and its kind.
type Attribute = (&'static str, &'static str);

struct Element {
    name: &'static str,
    /// Its tag, if that is not its name.
    tag: Option<&'static str>,
    attributes: &'static [Attribute],
}

macro_rules! elements {
    ($($(#[$doc:meta])* $kind:ident $name:ident $type:ident $(= $tag:literal)? {
        $($(#[$about:meta])* $attribute:ident: $value:ident),* $(,)?
    })*) => {
        pub(super) const ELEMENTS: &[super::Element] = &[$(super::Element {
            name: stringify!($name),
            tag: [$(Some($tag),)? None][0],
            attributes: &[$((stringify!($attribute), stringify!($value))),*],
        }),*];
    };
}

macro_rules! shared_attributes {
    ($($(#[$doc:meta])* $type:ident $kind:ident { $($(#[$about:meta])* $attribute:ident: $value:ident,)* })*) => {
        pub(super) const ATTRIBUTES: &[super::Attribute] = &[$($((stringify!($attribute), stringify!($value)),)*)*];
    };
}

use {elements, shared_attributes};

#[path = "../../../filekit-runtime/src/view/elements/html.rs"]
mod html;
#[path = "../../../filekit-runtime/src/view/elements/kit.rs"]
mod kit;
#[path = "../../../filekit-runtime/src/view/elements/shared.rs"]
mod shared;

const HEADER: &str = "\
//! Written by `cargo xtask client` from the tables of the runtime (`filekit-runtime/src/view/elements`), which is a crate of its
//! own: which elements a view has, and which of their attributes the macros know by name.
";

/// So long are lines at most.
const WIDTH: usize = 120;

/// The Rust module.
pub(super) fn module() -> String {
    let mut kit: Vec<_> =
        kit::ELEMENTS.iter().map(|element| (element.name, element.tag.unwrap_or(element.name))).collect();
    kit.sort_unstable();
    let kit: Vec<String> = kit.iter().map(|(name, tag)| format!("(\"{name}\", \"{tag}\")")).collect();
    let html = html::ELEMENTS.iter().map(|element| element.name).collect();
    let events = attributes(|name, kind| name.strip_prefix("on_").filter(|_| kind == "Action"));
    let styles = attributes(|name, kind| Some(name).filter(|_| kind == "Style"));
    [
        HEADER.to_owned(),
        list("The kit: name and tag. A name that HTML has too means the kit's element.", "KIT", "(&str, &str)", &kit),
        list("The elements of the HTML standard that are not of the kit.", "HTML", "&str", &quoted(html)),
        list("What `on_` stands before.", "EVENTS", "&str", &quoted(events)),
        list(
            "Attributes of style, but for `color`, which every element of the kit has.",
            "STYLES",
            "&str",
            &quoted(styles),
        )
        // What is done with each stands in a table of the macros.
        .replace("#[rustfmt::skip]", "#[cfg(test)]\n#[rustfmt::skip]"),
    ]
    .join("\n")
}

/// What `choose` makes of attributes, each with its kind.
fn attributes(choose: impl Fn(&'static str, &'static str) -> Option<&'static str>) -> BTreeSet<&'static str> {
    let own = html::ELEMENTS.iter().chain(kit::ELEMENTS).flat_map(|element| element.attributes);
    own.chain(shared::ATTRIBUTES).filter_map(|(name, kind)| choose(name, kind)).collect()
}

fn quoted(words: BTreeSet<&str>) -> Vec<String> {
    words.iter().map(|word| format!("\"{word}\"")).collect()
}

/// A constant, with as many items to a line as fit.
fn list(doc: &str, name: &str, item: &str, items: &[String]) -> String {
    let mut lines = vec![String::new()];
    for item in items {
        if lines.last().is_some_and(|line| 4 + line.len() + item.len() + 2 > WIDTH) {
            lines.push(String::new());
        }
        let Some(line) = lines.last_mut() else { continue };
        let blank = if line.is_empty() { "" } else { " " };
        line.push_str(&format!("{blank}{item},"));
    }
    let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
    format!("/// {doc}\n#[rustfmt::skip]\npub(super) const {name}: &[{item}] = &[\n{lines}];\n")
}
