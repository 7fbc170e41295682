//! Choosing files: by the dialog, by dropping them, again and again, and taking it all back.

use std::fs::File;
use std::time::{Duration, SystemTime};

use fantoccini::actions::{InputSource as _, MouseActions, PointerAction};
use filekit_tests::Samples;
use serde_json::json;

use super::{CHOSEN, Example};

#[tokio::test]
pub(super) async fn chosen_files_are_listed_and_more_can_be_added() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "b.txt", "c.txt"].map(|name| samples.file(name, name));
    example.choose(&[&a, &b]).await;
    browser.see_texts(CHOSEN, &["a.txt", "b.txt"]).await;
    example.choose(&[&c]).await;
    browser.see_texts(CHOSEN, &["a.txt", "b.txt", "c.txt"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn dropped_files_are_listed_too() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let [a, b, c] = ["a.txt", "写真 1.txt", "c.txt"].map(|name| samples.file(name, name));
    browser.drop_files(".fk-upload", &[&a, &b]).await;
    browser.see_texts(CHOSEN, &["a.txt", "写真 1.txt"]).await;
    example.choose(&[&c]).await;
    browser.see_texts(CHOSEN, &["a.txt", "写真 1.txt", "c.txt"]).await;
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
pub(super) async fn clear_selection_empties_the_list_and_the_same_file_can_be_chosen_again() {
    let example = Example::start().await;
    let Example { browser, files, .. } = &example;
    let samples = Samples::new();
    let a = samples.file("a.txt", "a");
    example.choose(&[&a]).await;
    browser.click("Clear Selection").await;
    browser.see_texts(CHOSEN, &[]).await;
    example.choose(&[&a]).await;
    assert_eq!(files.stored_names(), [""; 0], "choosing sends nothing");
    assert_eq!(browser.complaints().await, [""; 0]);
}

#[tokio::test]
async fn a_click_anywhere_in_the_zone_opens_the_dialog_once() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    // The dialog itself is the browser's; that the input is clicked is what opens it.
    let count = "window.dialogs = 0;
        document.getElementById('file_upload').addEventListener('click', event => {
            window.dialogs += 1;
            event.preventDefault();
        });";
    browser.run(count, &[]).await;
    browser.click("Select Files").await;
    assert_eq!(browser.run("return window.dialogs", &[]).await, json!(1));
    let zone = browser.find(fantoccini::Locator::Css(".fk-upload")).await;
    zone.click().await.expect("the zone can be clicked");
    assert_eq!(browser.run("return window.dialogs", &[]).await, json!(2));
}

#[tokio::test]
pub(super) async fn a_file_of_the_same_name_size_and_time_is_another_one() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let time = SystemTime::now() - Duration::from_secs(3600);
    let file = |path: &str, content: &str| {
        let path = samples.file(path, content);
        File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("a file");
        path
    };
    let [one, two] = [file("one/a.txt", "first"), file("two/a.txt", "other")];
    example.choose(&[&one]).await;
    example.choose(&[&two]).await;
    assert_eq!(browser.texts(".fk-toast").await, [""; 0]);
    browser.choose("file_upload", &[&two]).await;
    browser.see_texts(".fk-toast", &["“a.txt” is already selected."]).await;
    browser.see_texts(CHOSEN, &["a.txt", "a.txt"]).await;
}

/// Firefox gives a page no file of its own pictures.
#[tokio::test]
async fn a_picture_of_the_page_is_not_taken_when_it_is_dragged_over_the_zone() {
    let example = Example::start().await;
    let Example { browser, .. } = &example;
    let samples = Samples::new();
    let prepare = "window.seen = [];
        const zone = document.querySelector('.fk-upload');
        new MutationObserver(() => seen.push('lit')).observe(zone, { attributeFilter: ['data-filekit-dragging'] });
        document.addEventListener('dragenter', ({ target, dataTransfer }) =>
            zone.contains(target) && seen.push([...dataTransfer.types].includes('Files') ? 'a file' : 'no file'), true);
        document.addEventListener('dragend', () => seen.push('end'));
        const picture = new Image(80, 80);
        picture.id = 'picture';
        picture.src = document.querySelector('link[rel=icon]').href;
        zone.before(picture);
        const middle = element => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return [Math.round(x + width / 2), Math.round(y + height / 2)];
        };
        return picture.decode().then(() => [middle(picture), middle(zone)])";
    let points = browser.run(prepare, &[]).await;
    let [[from_x, from_y], [to_x, to_y]]: [[f64; 2]; 2] = serde_json::from_value(points).expect("two points");
    let pointer = |x, y| PointerAction::MoveTo { duration: Some(Duration::from_millis(50)), x, y };
    let actions = MouseActions::new("mouse".to_owned())
        .then(pointer(from_x, from_y))
        .then(PointerAction::Down { button: 0 })
        .then(pointer(from_x + 5.0, from_y + 5.0))
        .then(pointer(from_x + 10.0, from_y + 60.0))
        .then(pointer(to_x, to_y))
        .then(pointer(to_x + 3.0, to_y + 3.0))
        .then(PointerAction::Up { button: 0 });
    browser.act(actions).await;
    let seen = filekit_tests::until("the drag has ended", async || {
        let seen = browser.run("return [...new Set(seen)]", &[]).await;
        seen.as_array()?.contains(&json!("end")).then_some(seen)
    });
    assert_eq!(seen.await, json!(["a file", "end"]), "the zone did not light up for what the browser calls a file");
    // What comes from outside is taken as before.
    browser.drop_files(".fk-upload", &[&samples.file("a.txt", "a")]).await;
    browser.see_texts(CHOSEN, &["a.txt"]).await;
}
