//! Names that are given as text, to `el` and `attr`: which of them are allowed. They are read in `parse/named.rs`.

use syn::LitStr;

use super::names;
use crate::diag::Diagnostics;
use crate::similar;

/// An element of that name must be one that browsers know, or a custom one.
pub(super) fn check_tag(tag: &LitStr, diag: &mut Diagnostics) {
    let name = tag.value();
    let lower = name.to_ascii_lowercase();
    let message = if names::INLINE.contains(&lower.as_str()) {
        format!("a view has no `{name}`; serve it from a route of its own")
    } else if DOCUMENT.contains(&lower.as_str()) {
        format!("`{name}` belongs to the document around a view")
    } else if names::is_html(&name) || OTHER.binary_search(&name.as_str()).is_ok() {
        return;
    } else if !is_custom(&lower) {
        match similar::nearest(&name, names::html().chain(OTHER.iter().copied())) {
            Some(meant) => format!("unknown element `{name}`; did you mean `{meant}`?"),
            None => format!("unknown element `{name}`; a custom one is named like `my-tag`"),
        }
    } else if name != lower {
        format!("a custom element has no capital letters; write `{lower}`")
    } else {
        return;
    };
    diag.error(tag, message);
}

/// A custom element has a hyphen in its name, begins with a letter, and is of letters, digits and `-._`.
fn is_custom(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.contains('-') && name.bytes().all(allowed)
}

/// An attribute's name is of letters, digits and `-_:.@`, and not one that a view writes in another way.
pub(super) fn check_attribute(name: &LitStr, diag: &mut Diagnostics) {
    let (text, lower) = (name.value(), name.value().to_ascii_lowercase());
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.' | b'@');
    let message = if text.is_empty() || !text.bytes().all(allowed) {
        "the name of an attribute is of letters, digits and `-`, `_`, `:`, `.`, `@`".to_owned()
    } else if text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.')) {
        "the name of an attribute begins with a letter, `_`, `:` or `@`".to_owned()
    } else if lower.starts_with("on") {
        format!("`{text}` would be inline JavaScript; events are written like `on_click = ..`")
    } else if lower == "srcdoc" {
        SRCDOC.to_owned()
    } else if matches!(lower.as_str(), "id" | "class" | "style") {
        format!("`{text}` is an attribute of every element; write `{lower} = ..`")
    } else {
        return;
    };
    diag.error(name, message);
}

/// The message for an attribute whose value would be a whole document, scripts and all.
pub(super) const SRCDOC: &str = "a view has no `srcdoc`; serve the document and name it in `src`";

/// Returns the field of the runtime's `attr` whose kind has the values that an attribute of that name takes.
pub(super) fn kind(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        name if URLS.contains(&name) => "url",
        name if name.starts_with("aria-") => "aria",
        _ => "any",
    }
}

/// Attributes that a browser follows or loads.
const URLS: &[&str] =
    &["action", "background", "cite", "data", "formaction", "href", "manifest", "poster", "src", "xlink:href"];

/// Elements that a document has once, around every view.
const DOCUMENT: &[&str] = &["base", "body", "frame", "frameset", "head", "html", "noscript", "plaintext"];

/// Elements that no function of a view means, sorted: those of SVG 2, of MathML Core, and what HTML has
/// besides those of a view.
#[rustfmt::skip]
const OTHER: &[&str] = &[
    "animate", "animateMotion", "animateTransform", "annotation", "annotation-xml", "circle", "clipPath", "defs",
    "desc", "ellipse", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix",
    "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
    "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "filter", "foreignObject", "g",
    "line", "linearGradient", "link", "maction", "marker", "mask", "math", "menclose", "merror", "meta", "metadata",
    "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mpath", "mphantom", "mprescripts", "mroot",
    "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder",
    "munderover", "path", "pattern", "polygon", "polyline", "radialGradient", "rect", "selectedcontent", "semantics",
    "set", "stop", "svg", "switch", "symbol", "template", "text", "textPath", "title", "tspan", "use", "view",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn is_allowed(name: &str, check: fn(&LitStr, &mut Diagnostics)) -> bool {
        let mut diag = Diagnostics::default();
        check(&LitStr::new(name, Span::call_site()), &mut diag);
        diag.is_empty()
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(OTHER.is_sorted(), "it is searched by halves");
        assert!(OTHER.iter().all(|name| *name == "link" || *name == "text" || names::element(name).is_none()));
    }

    #[test]
    fn tags_are_those_that_a_browser_knows() {
        for tag in ["my-tag", "x-1.a_b", "svg", "linearGradient", "font-face", "table", "img", "h1", "math", "a"] {
            assert!(is_allowed(tag, check_tag), "{tag}");
        }
        for tag in
            ["", "-", "my tag", "My-Tag", "1-a", "cirle", "vstack", "script", "SCRIPT", "style", "body", "é-a", "a><b"]
        {
            assert!(!is_allowed(tag, check_tag), "{tag}");
        }
    }

    #[test]
    fn attributes_are_no_scripts() {
        for name in ["hx-get", "viewBox", "xlink:href", "@click", "x.y", "_", "stroke-width"] {
            assert!(is_allowed(name, check_attribute), "{name}");
        }
        for name in ["", "a b", "a=b", "onclick", "ONLOAD", "srcdoc", "class", "a>", "1a", "é"] {
            assert!(!is_allowed(name, check_attribute), "{name}");
        }
    }

    #[test]
    fn urls_are_known_by_their_names() {
        assert_eq!(
            (kind("HREF"), kind("xlink:href"), kind("aria-label"), kind("hx-get")),
            ("url", "url", "aria", "any")
        );
    }
}
