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
fn an_event_of_files_shows_what_its_author_says() {
    assert_shown("uploader(id = PHOTOS, on_upload = Album::ke$0ep(upload_files(PHOTOS)))", &["Keeps the photos."]);
    assert_shown(
        "uploader(id = PHOTOS, on_upload = Album::ke$0ep(upload_files(PHOTOS)), auto = true)",
        &["Keeps the photos."],
    );
    assert_shown(
        "file_list(&album.photos, on_remove = |photo| Album::re$0move(photo.key()))",
        &["fn remove", "Removes one photo."],
    );
    assert_shown(
        "file_list(&album.photos, id = \"album\", on_download = |keys| Album::ar$0chive(keys))",
        &["Hands over several photos."],
    );
}

#[test]
fn what_a_file_list_hands_to_a_closure_shows_its_type() {
    assert_shown("file_list(&album.photos, on_remove = |pho$0to| Album::remove(photo.key()))", &["&StoredFile"]);
    assert_shown(
        "file_list(&album.photos, id = \"album\", on_download = |ke$0ys| Album::archive(keys))",
        &["Client<Vec<String>>"],
    );
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
    assert_shown("uploader(id = PHOTOS, on_up$0load = Album::keep(upload_files(PHOTOS)))", &["Attribute<Action>"]);
    assert_shown(
        "uploader(au$0to = true, id = PHOTOS, on_upload = Album::sort)",
        &["Attribute<Switch>", "as soon as they are chosen"],
    );
    assert_shown(
        "uploader(foo$0ter = view![\"a\"], id = PHOTOS, on_upload = Album::sort)",
        &["A view below everything else."],
    );
    assert_shown(
        "file_list(&album.photos, on_re$0move = |photo| Album::remove(photo.key()))",
        &["The event that removes a file, for each of them"],
    );
    assert_shown(
        "file_list(&album.photos, i$0d = \"album\", on_download = |keys| Album::archive(keys))",
        &["Its name in the page"],
    );
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
fn an_event_of_files_leads_to_its_method() {
    let sent = "uploader(id = PHOTOS, on_upload = Album::ke$0ep(upload_files(PHOTOS)))";
    assert_defined(sent, "async fn keep(&mut self,");
    assert_defined(&sent.replace("PHOTOS,", "PHOTOS, auto = true,"), "async fn keep(&mut self,");
    let removed = "file_list(&album.photos, on_remove = |photo| Album::re$0move(photo.key()))";
    assert_defined(removed, "pub fn remove(&mut self,");
    let downloaded = "file_list(&album.photos, id = \"album\", on_download = |keys| Album::ar$0chive(keys))";
    assert_defined(downloaded, "fn archive(&self,");
}

#[test]
fn names_lead_to_where_they_are_explained() {
    assert_defined("but$0ton(\"Keep\")", "scheme button Button {");
    let views = [
        ("button(on_cl$0ick = Album::sort)", "on_click: Action,"),
        ("link(hr$0ef = \"/\")", "href: Url,"),
        ("uploader(id = PHOTOS, on_up$0load = Album::keep(upload_files(PHOTOS)))", "on_upload: Action,"),
        ("file_list(&album.photos, on_re$0move = |photo| Album::remove(photo.key()))", "on_remove: EachFile,"),
    ];
    for (view, line) in views {
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
fn an_event_of_files_that_is_renamed_is_renamed_everywhere() {
    let view = "uploader(id = PHOTOS, on_upload = Album::keep(upload_files(PHOTOS))), file_list(&album.photos, id = \"album\", on_remove = |photo| Album::remove(photo.key()), on_download = |keys| Album::archive(keys))";
    let program = PROGRAM.replace("VIEW", view);
    for (event, new) in [("keep", "store"), ("remove", "drop_one"), ("archive", "pack")] {
        let renamed = |name: &str| program.replace(&format!("{name}("), &format!("{new}("));
        // Where it is used and where it is written: each leads to the other.
        for place in [format!("Album::{event}("), format!("fn {event}(")] {
            let at_cursor = place.replace(event, &format!("$0{event}"));
            let typed = program.replace(&place, &at_cursor);
            assert_eq!(type_program(&typed).rename(new), renamed(event), "{typed}");
        }
    }
}

#[test]
fn a_renamed_closure_parameter_is_renamed_in_it() {
    let view = "file_list(&album.photos, on_remove = |photo| Album::remove(photo.key()))";
    let program = PROGRAM.replace("VIEW", view);
    let renamed = type_program(&program.replace("|photo|", "|pho$0to|")).rename("image");
    assert_eq!(renamed, program.replace("|photo|", "|image|").replace("photo.key()", "image.key()"));
}

#[test]
fn a_renamed_field_is_renamed_in_the_view() {
    let program = PROGRAM.replace("VIEW", "for name in &album.names { text(name) }");
    let renamed = type_program(&program.replace("names: Vec", "na$0mes: Vec")).rename("files");
    assert_eq!(renamed, program.replace("names", "files"));
}
