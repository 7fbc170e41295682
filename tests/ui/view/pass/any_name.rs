#![deny(warnings)]
//! Elements and attributes whose names are given as text, among those that have names in Rust.

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    count: u64,
}

#[state]
impl Files {
    #[event]
    fn list(&self) -> Download {
        Download::data(self.count.to_string()).filename("list.txt")
    }
}

fn page(text: &str, link: Option<String>) -> View {
    view![
        el("my-tag", attr("hx-get", text), attr("hx-boost", true), title = text, on_click = Files::list, "x"),
        el("my-tag", attr("aria-busy", true), attr("count", 3), attr("size", 1.5), attr("x", &text)),
        el("svg", attr("viewBox", "0 0 8 8"), el("circle", attr("r", 4)), el("use", attr("xlink:href", link.clone()))),
        el("a", attr("href", Files::list), "list"),
        object(data = link, data_kind = text),
        div(attr("value", value_of::<String>("title")), attr("busy", is_uploading("photos"))),
        upload(id = "photos", attr("hx-sync", "this"), attr("accept", "image/*")),
        image(src = text, width = 4, attr("width", 90)),
        if link_is_short(text) {
            el("my-tag", attr(
                "hx-get",
                text,
            ));
        },
    ]
}

fn link_is_short(text: &str) -> bool {
    text.len() < 4
}

fn main() {
    let html = filekit::__private::html_of(page("a&b", Some("javascript:x".to_owned())), "");
    assert!(html.starts_with("<my-tag hx-get=\"a&amp;b\" hx-boost title=\"a&amp;b\""), "{html}");
    assert!(html.contains("<my-tag aria-busy=\"true\" count=\"3\" size=\"1.5\" x=\"a&amp;b\"></my-tag>"), "{html}");
    assert!(html.contains("<circle r=\"4\"></circle><use xlink:href=\"about:blank\"></use></svg>"), "{html}");
    assert!(html.contains("<object data=\"about:blank\" data-kind=\"a&amp;b\">"), "{html}");
    assert!(html.contains(r#"<div data-filekit-attribute-value='["value_of","title"]'"#), "{html}");
}
