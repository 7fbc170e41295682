//! What is offered while one types.

use super::{PROGRAM, type_program, type_view};

/// Asserts that each of `views` is offered all of `names` at its cursor.
fn assert_offered(views: &[&str], names: &[&str]) {
    for view in views {
        let offered = type_view(view).complete();
        let missing: Vec<_> = names.iter().filter(|name| !offered.iter().any(|one| one == *name)).collect();
        assert!(missing.is_empty(), "{view}: {missing:?} are not offered, but {offered:?}");
    }
}

/// Asserts that each of `views` is offered none of `names`, but something.
fn assert_not_offered(views: &[&str], names: &[&str]) {
    for view in views {
        let offered = type_view(view).complete();
        assert!(!offered.is_empty(), "{view}: nothing is offered");
        let wrong: Vec<_> = offered.iter().filter(|one| names.contains(&one.as_str())).collect();
        assert!(wrong.is_empty(), "{view}: {wrong:?} are offered");
    }
}

#[test]
fn events_are_offered_behind_their_state() {
    let views = [
        "button(on_click = Album::$0, \"Keep\")",
        "button(on_click = Album::$0)",
        "button(on_click = Album::$0 \"Keep\")",
        "button(on_click = Album::ke$0, \"Keep\")",
        "button(on_click = Album::ke$0(upload_files(\"photos\")), \"Keep\"), upload(id = \"photos\", \"Drop\")",
        "button(on_click = [Album::sort, Album::$0], \"Keep\")",
        "upload(id = \"photos\", on_drop = Album::$0, \"Drop\")",
        "for name in &album.names { button(on_click = Album::$0, name) }",
        "if album.is_public { button(on_click = Album::$0, \"Keep\") }",
    ];
    assert_offered(&views, &["keep", "remove", "sort"]);
    // A method that is no event cannot stand there.
    assert_not_offered(&views, &["count", "default"]);
}

#[test]
fn events_of_an_uploader_are_offered() {
    let views = [
        "uploader(id = PHOTOS, on_upload = Album::$0)",
        "uploader(id = PHOTOS, on_upload = Album::ke$0(upload_files(PHOTOS)))",
        "uploader(id = PHOTOS, on_upload = [Album::sort, Album::$0])",
        "uploader(id = PHOTOS, on_upload = Album::$0, auto = true)",
        "uploader(id = PHOTOS, on_drop = Album::$0, on_upload = Album::keep(upload_files(PHOTOS)), auto = true)",
        // Its id may come later.
        "uploader(on_upload = Album::$0)",
        "uploader(id = , on_upload = Album::$0)",
    ];
    assert_offered(&views, &["keep", "remove", "archive"]);
    assert_not_offered(&views, &["count", "default"]);
    let views = [
        "uploader(id = PHOTOS, on_upload = Album::keep($0))",
        "uploader(on_upload = Album::keep(upload_files(PH$0)))",
        "uploader(id = PH$0)",
        "uploader(id = PHOTOS, auto = true, on_upload = Album::keep(up$0 PHOTOS))",
    ];
    assert_offered(&views, &["upload_files", "PHOTOS", "album"]);
}

#[test]
fn events_of_a_file_list_are_offered() {
    let views = [
        "file_list(&album.photos, on_remove = |photo| Album::$0)",
        "file_list(&album.photos, on_remove = |photo| Album::re$0(photo.key()))",
        "file_list(&album.photos, on_remove = |photo| [Album::sort, Album::$0])",
        "file_list(&album.photos, id = \"album\", on_download = |keys| Album::$0)",
        // Its id and its files may come later.
        "file_list(&album.photos, on_download = |keys| Album::$0)",
        "file_list(on_remove = |photo| Album::$0)",
        // What is no closure becomes one later.
        "file_list(&album.photos, on_remove = Album::$0)",
    ];
    assert_offered(&views, &["keep", "remove", "archive"]);
    assert_not_offered(&views, &["count", "default"]);
}

#[test]
fn arguments_of_the_events_of_a_file_list_are_offered() {
    let views = [
        "file_list(&album.photos, on_remove = |photo| Album::remove($0))",
        "file_list(&album.photos, on_remove = |photo| Album::remove(ph$0))",
    ];
    assert_offered(&views, &["photo", "total"]);
    let views = [
        "file_list(&album.photos, id = \"album\", on_download = |keys| Album::archive($0))",
        "file_list(&album.photos, id = \"album\", on_download = |keys| Album::archive(ke$0))",
    ];
    assert_offered(&views, &["keys", "total"]);
}

#[test]
fn arguments_of_an_event_are_offered() {
    let views = ["button(on_click = Album::keep($0), \"Keep\")", "button(on_click = Album::remove(to$0), \"Keep\")"];
    assert_offered(&views, &["upload_files", "value_of", "total", "album"]);
}

#[test]
fn attributes_of_the_element_are_offered() {
    let views = [
        "button(dis$0)",
        "button(title = \"Keep\", dis$0)",
        "button(title = \"Keep\", dis$0, \"Keep\")",
        "button(title = \"Keep\", dis$0 \"Keep\")",
        "button(dis$0 = true, \"Keep\")",
        "button(dis$0 = \"true\", title = \"Keep\", \"Keep\")",
        "button(title = \"Keep\", dis$0 = album.is_public, \"Keep\")",
        "vstack(button(dis$0))",
        "for name in &album.names { button(dis$0, name) }",
    ];
    assert_offered(&views, &["disabled", "on_click", "aria_label", "padding", "id"]);
    assert_offered(&["upload(id = \"photos\", acc$0)"], &["accept", "multiple", "on_drop"]);
    // An element without children has attributes all the same.
    assert_offered(&["input(na$0)"], &["name", "placeholder", "padding"]);
    assert_offered(&["section(ti$0)"], &["title", "on_click", "aria_label"]);
    assert_not_offered(&["section(ti$0)"], &["disabled", "padding"]);
}

#[test]
fn attributes_of_an_uploader_are_offered() {
    let views = [
        "uploader(on_$0)",
        "uploader(id = PHOTOS, on_$0)",
        "uploader(id = PHOTOS, on_$0 = Album::keep(upload_files(PHOTOS)))",
        "uploader(id = PHOTOS, au$0 = true, on_upload = Album::keep(upload_files(PHOTOS)))",
        "uploader(id = PHOTOS, em$0, on_upload = Album::keep(upload_files(PHOTOS)))",
        "uploader(id = PHOTOS, em$0 on_upload = Album::keep(upload_files(PHOTOS)))",
        "vstack(uploader(id = PHOTOS, on_$0))",
    ];
    assert_offered(&views, &["on_upload", "on_drop", "auto", "empty", "footer", "accept", "padding", "id"]);
}

#[test]
fn attributes_of_a_file_list_are_offered() {
    let views = [
        "file_list(on_$0)",
        "file_list(on_$0, &album.photos)",
        "file_list(&album.photos, on_$0)",
        "file_list(&album.photos, on_$0 = |photo| Album::remove(photo.key()))",
        "file_list(&album.photos, em$0, on_remove = |photo| Album::remove(photo.key()))",
        "file_list(&album.photos, em$0 on_remove = |photo| Album::remove(photo.key()))",
        "vstack(file_list(&album.photos, on_$0))",
    ];
    assert_offered(&views, &["on_remove", "on_download", "empty", "padding", "id"]);
    assert_not_offered(&views, &["on_upload", "accept", "disabled"]);
}

#[test]
fn elements_are_offered() {
    let views = [
        "but$0",
        "text(\"a\"), but$0",
        "vstack(but$0)",
        "vstack(but$0, text(\"a\"))",
        "vstack(but$0(\"Keep\"))",
        "section(p(\"a\"), but$0)",
        "for name in &album.names { but$0 }",
        "if album.is_public { but$0(\"Keep\") }",
    ];
    assert_offered(&views, &["button", "vstack", "upload", "section", "td", "el"]);
}

#[test]
fn variables_are_offered() {
    let views = [
        "text(to$0)",
        "text(\"a\", to$0)",
        "button(title = to$0)",
        "for name in 0..to$0 { text(name) }",
        "file_list(to$0)",
        "file_list(&to$0)",
        "file_list(&album.photos, id = to$0, on_download = |keys| Album::archive(keys))",
        "uploader(id = PHOTOS, on_upload = Album::keep(upload_files(PHOTOS)), auto = to$0)",
    ];
    assert_offered(&views, &["total", "album"]);
    assert_offered(&["for name in &album.names { text(na$0) }"], &["name", "total"]);
}

#[test]
fn fields_of_the_state_are_offered() {
    let views = [
        "text(album.$0)",
        "text(album.$0), text(\"a\")",
        "text(album.na$0)",
        "for name in &album.$0 { text(name) }",
        "if album.$0 { text(\"a\") }",
        "button(disabled = album.$0, \"Keep\")",
        "button(on_click = Album::remove(album.$0), \"Keep\")",
        "{ let first = album.$0; text(first) }",
        "file_list(&album.$0)",
        "file_list(&album.$0, on_remove = |photo| Album::remove(photo.key()))",
        "file_list(&album.photos, empty = view![text(album.$0)])",
        "uploader(id = PHOTOS, on_upload = Album::keep(upload_files(PHOTOS)), footer = view![text(album.$0)])",
    ];
    assert_offered(&views, &["names", "is_public"]);
}

#[test]
fn fields_are_offered_in_an_event() {
    for typed in ["self.$0", "self.na$0;"] {
        let offered = type_program(&PROGRAM.replace("self.names.sort();", typed)).complete();
        assert!(offered.contains(&"names".to_owned()) && offered.contains(&"is_public".to_owned()), "{offered:?}");
    }
}

#[test]
fn what_is_known_of_a_chosen_file_is_offered() {
    let views = [
        "for file in selected_files(\"photos\") { text(file.$0) }, upload(id = \"photos\")",
        "for file in selected_files(\"photos\") { text(file.na$0) }, upload(id = \"photos\")",
        "for file in selected_files(\"photos\") { image(src = file.$0, alt = \"a\") }, upload(id = \"photos\")",
    ];
    assert_offered(&views, &["name", "size_text", "mime", "preview_url", "progress"]);
}

#[test]
fn what_is_known_of_a_stored_file_is_offered() {
    let views = [
        "file_list(&album.photos, on_remove = |photo| Album::remove(photo.$0))",
        "file_list(&album.photos, on_remove = |photo| Album::remove(photo.k$0))",
        "file_list(&album.photos, on_remove = |photo| [Album::sort, Album::remove(photo.$0)])",
        "file_list(album.photos.iter().rev(), on_remove = |photo| Album::remove(photo.$0))",
        "file_list(on_remove = |photo| Album::remove(photo.$0), &album.photos)",
        "file_list(on_remove = |photo| Album::remove(photo.$0))",
    ];
    assert_offered(&views, &["key", "name", "url", "size", "modified"]);
}

#[test]
fn a_mistake_elsewhere_changes_nothing() {
    let around = |typed: &str| {
        let before = format!("text(= = 3), {typed}, text(album.), text(total +), section(p(\"a\"))");
        let after = format!("vstack(text(\"a\" \"b\"), {typed}), button(on_click = Album::), text(3 4 = 5)");
        [before, after]
    };
    for view in around("button(on_click = Album::$0)") {
        assert_offered(&[&view], &["keep", "remove", "sort"]);
    }
    for view in around("button(dis$0)") {
        assert_offered(&[&view], &["disabled", "button", "total"]);
    }
    for view in around("text(album.$0)") {
        assert_offered(&[&view], &["names", "is_public"]);
    }
}

#[test]
fn nothing_of_the_macros_is_offered() {
    for view in ["text(album.$0)", "button(on_click = Album::$0)", "text(\"a\".$0)"] {
        let offered = type_view(view).complete();
        assert!(!offered.is_empty(), "{view}");
        assert!(offered.iter().all(|name| !name.contains("filekit")), "{view}: {offered:?}");
    }
}
