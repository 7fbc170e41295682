//! What is known about names: documentation, definitions, and all places where one is used.

use super::{PROGRAM, type_program, type_view};

/// Asserts that what is shown about the name at the cursor has all of `parts`.
fn assert_shown(view: &str, parts: &[&str]) {
    let shown = type_view(view).hover();
    for part in parts {
        assert!(shown.contains(part), "{view}: {part:?} is not in {shown:?}");
    }
}

/// Asserts that there is one definition of the name at the cursor, with this line in it.
fn assert_defined(view: &str, line: &str) {
    let places = type_view(view).definitions();
    let [place] = places.as_slice() else { panic!("{view}: {places:?}") };
    assert!(place.line.contains(line), "{view}: {place:?}");
}

#[test]
fn an_event_shows_what_its_author_says() {
    assert_shown("button(on_click = Album::re$0move(\"a.txt\"), \"Remove\")", &["fn remove", "Removes one photo."]);
    assert_shown("button(on_click = [Album::sort, Album::ke$0ep(upload_files(\"photos\"))])", &["Keeps the photos."]);
}

#[test]
fn an_element_shows_what_it_is() {
    assert_shown("hst$0ack(text(\"a\"))", &["A row: its children side by side."]);
    assert_shown("vstack(for name in &album.names { but$0ton(name) })", &["A button that does what `on_click` says"]);
    assert_shown("sect$0ion(p(\"a\"))", &["A section, which has a heading."]);
    assert_shown("e$0l(\"my-tag\", \"a\")", &["An element of any name"]);
}

#[test]
fn an_attribute_shows_what_it_is() {
    assert_shown("button(on_cl$0ick = Album::sort, \"Sort\")", &["Attribute<Action>", "when it is clicked"]);
    assert_shown("vstack(pad$0ding = 4)", &["Attribute<Style>", "steps of the theme's spacing"]);
    assert_shown("vstack(pad$0ding = total)", &["Attribute<Style>", "steps of the theme's spacing"]);
    assert_shown("input(r#ty$0pe = \"email\")", &["Attribute<Text>", "The type of input"]);
    assert_shown("a(hr$0ef = \"/a\", \"a\")", &["Attribute<Url>", "Where it leads"]);
    assert_shown("upload(i$0d = \"photos\", \"Drop\")", &["The upload that it is for"]);
}

#[test]
fn a_field_shows_what_its_author_says() {
    assert_shown("text(album.na$0mes.len())", &["names", "What is kept."]);
}

#[test]
fn an_event_leads_to_its_method() {
    assert_defined("button(on_click = Album::ke$0ep(upload_files(\"photos\")))", "async fn keep(&mut self,");
    assert_defined("button(on_click = [Album::sort, Album::so$0rt])", "pub(crate) fn sort(&mut self)");
}

#[test]
fn names_lead_to_where_they_are_explained() {
    assert_defined("but$0ton(\"Keep\")", "scheme button Button {");
    for (view, line) in
        [("button(on_cl$0ick = Album::sort)", "on_click: Action,"), ("link(hr$0ef = \"/\")", "href: Url,")]
    {
        let places = type_view(view).definitions();
        assert!(places.iter().any(|place| place.line == line), "{view}: {places:?}");
        let is_list = |place: &filekit_tests::Place| place.file.to_string_lossy().contains("/view/elements/");
        assert!(places.iter().all(is_list), "{view}: {places:?}");
    }
}

#[test]
fn a_variable_leads_to_its_definition_whatever_its_name() {
    assert_defined("text(to$0tal)", "let total = album.count();");
    assert_defined("{ let title = 1; p(ti$0tle) }", "let title = 1;");
    assert_defined("{ let button = 1; p(but$0ton) }", "let button = 1;");
}

#[test]
fn a_renamed_method_is_renamed_in_the_view() {
    let view =
        "button(on_click = Album::remove(\"a.txt\")), button(on_click = [Album::sort, Album::remove(\"b.txt\")])";
    let program = PROGRAM.replace("VIEW", view);
    let renamed = type_program(&program.replace("fn remove", "fn re$0move")).rename("drop_one");
    assert_eq!(renamed, program.replace("remove", "drop_one"));
}

#[test]
fn an_event_that_is_renamed_in_the_view_is_renamed_everywhere() {
    let view = "button(on_click = Album::keep(upload_files(\"photos\"))), upload(id = \"photos\", on_drop = Album::CURSOR(upload_files(\"photos\")))";
    let program = PROGRAM.replace("VIEW", view);
    let renamed = type_program(&program.replace("CURSOR", "ke$0ep")).rename("store");
    let expected =
        program.replace("CURSOR", "keep").replace("fn keep", "fn store").replace("Album::keep", "Album::store");
    assert_eq!(renamed, expected);
}

#[test]
fn a_renamed_field_is_renamed_in_the_view() {
    let program = PROGRAM.replace("VIEW", "for name in &album.names { text(name) }");
    let renamed = type_program(&program.replace("names: Vec", "na$0mes: Vec")).rename("files");
    assert_eq!(renamed, program.replace("names", "files"));
}
