//! The example in which users share rooms, as people use it: two of them, and one of them on two devices.

use fantoccini::Locator;
use filekit_tests::{Browser, Samples, Server, UploadDir};

const FILES: &str = "main a[target]";

async fn fill(browser: &Browser, id: &str, text: &str) {
    browser.find(Locator::Id(id)).await.send_keys(text).await.expect("a field");
}

pub(super) async fn sign_in(browser: &Browser, name: &str) {
    fill(browser, "name", name).await;
    fill(browser, "password", &name.chars().rev().collect::<String>()).await;
    browser.click("Sign in").await;
}

/// A browser in which a user has signed in, on the page that they asked for.
async fn user_at(server: &Server, path: &str, name: &str) -> Browser {
    let browser = Browser::start().await;
    browser.open(&server.url(path)).await;
    browser.see("Password").await;
    sign_in(&browser, name).await;
    browser.see("Sign out").await;
    browser
}

/// Saves pictures for people, and tells whether the page fits a phone.
async fn look(browser: &Browser, name: &str) {
    for (width, scheme) in [(1000, "light"), (1000, "dark"), (390, "light"), (390, "dark")] {
        browser.pretend(width, 800, scheme).await;
        // A page that was loaded so has no transition of colours under way.
        browser.reload().await;
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(browser.run(script, &[]).await, 0, "{name} scrolls sideways at {width} pixels");
        browser.screenshot(&format!("rooms-{name}-{width}-{scheme}")).await;
    }
    browser.pretend(1000, 800, "light").await;
    browser.reload().await;
}

#[tokio::test]
pub(super) async fn two_people_share_a_room() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start_rooms(&files).await;
    let ann = user_at(&server, "/rooms/garden", "ann").await;
    let ben = user_at(&server, "/rooms/garden", "ben").await;
    ann.choose("files", &[&samples.file("plan.txt", "roses")]).await;
    ben.see_texts(FILES, &["plan.txt"]).await;
    ben.see("brought by ann").await;
    assert_eq!(ben.texts(".fk-card button").await, [""; 0], "only who brought it takes it back");
    ben.choose("files", &[&samples.file("list.txt", "spade")]).await;
    ann.see_texts(FILES, &["plan.txt", "list.txt"]).await;
    look(&ann, "room").await;
    ann.click("Take back").await;
    ben.see_texts(FILES, &["list.txt"]).await;
    for browser in [&ann, &ben] {
        assert_eq!(browser.complaints().await, [""; 0]);
    }
}

#[tokio::test]
pub(super) async fn one_person_has_one_desk_on_two_devices() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start_rooms(&files).await;
    let laptop = user_at(&server, "/", "ann").await;
    let phone = user_at(&server, "/", "ann").await;
    phone.pretend(390, 800, "dark").await;
    laptop.choose("papers", &[&samples.file("diary.txt", "today")]).await;
    phone.see_texts(FILES, &["diary.txt"]).await;
    fill(&phone, "room", "Garden party").await;
    phone.click("Enter").await;
    phone.see("Room garden-party").await;
    laptop.see("garden-party").await;
    look(&laptop, "desk").await;
}

#[tokio::test]
pub(super) async fn a_page_of_one_user_does_nothing_for_the_next_one_in_the_same_browser() {
    let (files, samples) = (UploadDir::new(), Samples::new());
    let server = Server::start_rooms(&files).await;
    let browser = Browser::start().await;
    browser.open(&server.url("/rooms/garden")).await;
    browser.see("Password").await;
    look(&browser, "sign-in").await;
    sign_in(&browser, "ann").await;
    browser.see("Room garden").await;
    browser.choose("files", &[&samples.file("plan.txt", "roses")]).await;
    browser.see_texts(FILES, &["plan.txt"]).await;

    // In another tab she signs out, and he signs in.
    browser.run("open('/')", &[]).await;
    browser.newest_tab(2).await;
    browser.see("Desk of ann").await;
    browser.click("Sign out").await;
    browser.see("Password").await;
    sign_in(&browser, "ben").await;
    browser.see("Desk of ben").await;
    assert_eq!(browser.texts(FILES).await, [""; 0]);

    // The tab of before shows whose page it is before it does anything.
    browser.oldest_tab().await;
    // If it has not heard of it yet, she presses a button of hers; between a look and a press it may hear of it.
    browser.run("document.querySelector('.fk-card button')?.click()", &[]).await;
    browser.see("ben").await;
    browser.see_texts(FILES, &["plan.txt"]).await;
    assert_eq!(browser.texts(".fk-card button").await, [""; 0], "it is not his");
}
