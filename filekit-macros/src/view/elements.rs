//! Written by `cargo xtask client` from the tables of the runtime (`filekit-runtime/src/view/elements`), which is a crate of its
//! own: which elements a view has, and which of their attributes the macros know by name.

/// The kit: name and tag. A name that HTML has too means the kit's element.
#[rustfmt::skip]
pub(super) const KIT: &[(&str, &str)] = &[
    ("badge", "span"), ("button", "button"), ("card", "div"), ("center", "div"), ("checkbox", "input"),
    ("code", "code"), ("divider", "hr"), ("file_list", "div"), ("form", "form"), ("grid", "div"), ("heading", "h2"),
    ("hstack", "div"), ("image", "img"), ("input", "input"), ("label", "label"), ("link", "a"),
    ("progress", "progress"), ("select", "select"), ("spinner", "span"), ("table", "table"), ("text", "span"),
    ("textarea", "textarea"), ("upload", "div"), ("uploader", "div"), ("vstack", "div"),
];

/// The elements of the HTML standard that are not of the kit.
#[rustfmt::skip]
pub(super) const HTML: &[&str] = &[
    "a", "abbr", "address", "area", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "br", "canvas",
    "caption", "cite", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "div", "dl",
    "dt", "em", "embed", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "i", "iframe", "img", "ins", "kbd", "legend", "li", "main", "map", "mark", "menu", "meter", "nav",
    "object", "ol", "optgroup", "option", "output", "p", "picture", "pre", "q", "rp", "rt", "ruby", "s", "samp",
    "search", "section", "slot", "small", "source", "span", "strong", "sub", "summary", "sup", "tbody", "td", "tfoot",
    "th", "thead", "time", "tr", "track", "u", "ul", "var", "video", "wbr",
];

/// What `on_` stands before.
#[rustfmt::skip]
pub(super) const EVENTS: &[&str] = &[
    "blur", "change", "click", "dblclick", "drop", "drop_rejected", "focus", "input", "keydown", "keyup", "mouseenter",
    "mouseleave", "progress", "reset", "scroll", "submit", "toggle", "upload",
];

/// Attributes of style, but for `color`, which every element of the kit has.
#[cfg(test)]
#[rustfmt::skip]
pub(super) const STYLES: &[&str] = &[
    "align", "background", "border", "border_radius", "box_shadow", "columns", "flex_grow", "flex_wrap", "font_size",
    "font_weight", "gap", "height", "justify", "line_height", "margin", "margin_bottom", "margin_left", "margin_right",
    "margin_top", "margin_x", "margin_y", "max_height", "max_width", "min_height", "min_width", "opacity", "overflow",
    "padding", "padding_bottom", "padding_left", "padding_right", "padding_top", "padding_x", "padding_y", "spacing",
    "text_align", "width",
];
