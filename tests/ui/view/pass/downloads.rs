//! Downloads that a browser makes by itself, written both ways.

use filekit::prelude::*;

fn page(name: String, rows: &[u32]) -> View {
    view![
        button(on_click = download(url = "/manual.pdf", filename = "manual.pdf"), "Manual"),
        button(on_click = download(url = "/manual.pdf"), "Manual"),
        button(on_click = download(data = "1,2,3", filename = "numbers.csv", mime = "text/csv"), "Numbers"),
        button(on_click = download(data = format!("{rows:?}"), filename = name.clone()), "Rows"),
        button(on_click = Download::url(format!("/{name}")).filename(&name), "Its file"),
        button(on_click = Download::json(rows), "JSON"),
        button(on_click = [clear_selected_files("files"), download(data = name, filename = "a.txt")], "Both"),
        upload(id = "files"),
    ]
}

fn main() {
    let _ = page(String::from("a"), &[1]);
}
