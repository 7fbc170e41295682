#![deny(warnings)]
//! Variables and functions of any name can stand in a view, those of elements as well.

use filekit::prelude::*;

fn card(text: &str) -> View {
    view![article(text)]
}

fn greeting(label: &str, title: String) -> View {
    view![p(label, title)]
}

struct Title(&'static str);

impl Title {
    fn view(&self) -> View {
        view![h1(self.0)]
    }
}

fn page() -> View {
    let (label, title, text, image) = ("a", String::from("b"), "c", 4);
    let table = |rows: u32| view![table(tr(td(rows)))];
    let list = |rows: u32| view![ul(li(rows))];
    view![
        greeting(label, title),
        self::card(text),
        text(text, label),
        image,
        (table)(3),
        list(image),
        list(2),
        Title("x").view(),
        (0..3).map(list).collect::<Vec<_>>(),
        Some(text),
        format!("{label} and {text}"),
        input(r#type = "text", value = label, hidden = !text.is_empty()),
    ]
}

fn main() {
    let _ = page();
}
