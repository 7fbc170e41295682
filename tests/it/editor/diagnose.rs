//! What rust-analyzer by itself complains about.

use std::path::Path;

use super::{type_program, type_view};

/// The page of the README.
fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (_, rest) = readme.split_once("```rust,no_run\n").expect("an example");
    let (program, _) = rest.split_once("```").expect("its end");
    program.to_owned()
}

#[test]
fn the_page_of_the_readme_is_fine() {
    assert_eq!(type_program(&readme()).diagnostics(), [""; 0]);
}

#[test]
fn a_mistake_is_shown_once_where_it_is() {
    let page = readme();
    let broken = page.replace("Album::remove(photo.key())", "Album::remove(photo.)");
    assert_ne!(broken, page, "the page has another call by now");
    assert_eq!(
        type_program(&broken).diagnostics(),
        ["on_remove = |photo| Album::remove(photo.),: expected a field or a method after `.`"]
    );
}

#[test]
fn what_views_can_do_is_fine() {
    let views = [
        "for name in &album.names { li(name, total, \"a\") }",
        "for file in selected_files(\"photos\") { text(file.name()) }, upload(id = \"photos\", multiple = false, \"Drop\")",
        "if is_uploading(\"photos\") { spinner() } else { text(total) }, upload(id = \"photos\")",
        "match total { 0 => \"none\", count => text(count) }, if let Some(first) = album.names.first() { p(first) }",
        "form(on_submit = [Album::sort, Album::remove(value_of::<String>(\"a\"))], input(id = \"a\", r#type = \"text\"))",
        "uploader(id = PHOTOS, on_upload = Album::keep(upload_files(PHOTOS)), auto = true, empty = view![\"a\"], padding = 3)",
        "file_list(&album.photos, id = \"album\", on_remove = |photo| Album::remove(photo.key()), on_download = |keys| Album::archive(keys))",
        "el(\"my-tag\", attr(\"hx-get\", \"/a\"), title = \"a\"), grid(columns = 3, gap = 2, class = (\"a\", Some(\"b\")))",
    ];
    for view in views {
        assert_eq!(type_view(view).diagnostics(), [""; 0], "{view}");
    }
}
