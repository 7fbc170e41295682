//! The example in which users share rooms and have desks of their own: who sees what, and what a page is worth to another user.

use axum::http::StatusCode;
use filekit_tests::{Entries, Multipart, Reply, Server, Site, UploadDir, Visitor, follow, instance, next_event};

/// Asks for a page, as one who has not signed in, and signs in where that leads. Returns where that leads.
async fn sign_in(visitor: &mut Visitor, asked: &str, name: &str) -> String {
    let led = visitor.get(asked).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER, "{}", led.text());
    visitor.open(led.header("location")).await;
    let reply = try_sign_in(visitor, name, &backwards(name)).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER, "{}", reply.text());
    reply.header("location").to_owned()
}

/// The password of a user.
fn backwards(name: &str) -> String {
    name.chars().rev().collect()
}

async fn try_sign_in(visitor: &mut Visitor, name: &str, password: &str) -> Reply {
    visitor.submit("Sign in", Entries::new().text("name", name).text("password", password)).await
}

/// A new browser of a user, on a page.
async fn user_at(server: &Server, path: &str, name: &str) -> Visitor {
    user_of(server.site(), path, name).await
}

/// The same on a site.
pub(super) async fn user_of(site: Site, path: &str, name: &str) -> Visitor {
    let mut visitor = Visitor::stranger(site);
    assert_eq!(sign_in(&mut visitor, path, name).await, path);
    visitor.open(path).await;
    visitor
}

/// The files on the page as it is now, those of a room with who brought them.
pub(super) async fn files_at(visitor: &mut Visitor, path: &str) -> Vec<String> {
    visitor.open(path).await;
    let page = visitor.page();
    let files = page.named("a").into_iter().filter(|link| link.attribute("target") == Some("_blank"));
    let names = files.map(|link| link.text());
    let texts =
        page.elements().into_iter().filter(|each| each.attribute("class").is_some_and(|of| of.contains("fk-text")));
    let by: Vec<String> = texts.map(|each| each.text()).filter(|text| text.starts_with("brought by ")).collect();
    match by.is_empty() {
        true => names.collect(),
        false => names.zip(by).map(|(name, by)| format!("{name}, {by}")).collect(),
    }
}

#[tokio::test]
async fn a_stranger_is_led_to_the_sign_in_and_from_there_where_they_wanted() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut stranger = Visitor::stranger(server.site());
    assert_eq!(stranger.get("/").await.header("location"), "/sign-in");
    assert_eq!(stranger.get("/rooms/garden").await.header("location"), "/sign-in?room=garden");
    assert_eq!(sign_in(&mut stranger, "/rooms/garden", "ann").await, "/rooms/garden");
    stranger.open("/rooms/garden").await;
    assert!(stranger.page().text().contains("ann"));
}

#[tokio::test]
async fn a_wrong_password_signs_nobody_in() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut visitor = Visitor::at(server.site(), "/sign-in").await;
    for (name, password) in [("ann", "neb"), ("ann", ""), ("nobody", "ydobon"), ("", "")] {
        visitor.open("/sign-in").await;
        let reply = try_sign_in(&mut visitor, name, password).await;
        assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", reply.text());
        assert!(reply.text().contains("Name or password is wrong."), "{}", reply.text());
        assert_eq!(visitor.get("/").await.header("location"), "/sign-in");
    }
}

#[tokio::test]
async fn the_sign_in_leads_to_no_other_site() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut visitor = Visitor::stranger(server.site());
    for room in ["//evil.test", "https://evil.test", "%5C%5Cevil.test", "..%2F..", ""] {
        assert_eq!(visitor.get(&format!("/sign-in?room={room}")).await.status(), StatusCode::BAD_REQUEST, "{room}");
    }
    assert_eq!(visitor.get("/rooms/UPPER").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_session_is_renewed_at_the_sign_in_and_ends_at_the_sign_out() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut visitor = Visitor::at(server.site(), "/sign-in").await;
    let mut planted = visitor.clone();
    try_sign_in(&mut visitor, "ann", "nna").await;
    visitor.open("/").await;
    assert_eq!(planted.get("/").await.header("location"), "/sign-in", "the session of before is worth nothing");
    let mut stolen = visitor.clone();
    let reply = visitor.click("Sign out").await;
    assert_eq!(reply.actions()[0]["url"], "/sign-in", "{}", reply.text());
    for visitor in [&mut visitor, &mut stolen] {
        assert_eq!(visitor.get("/").await.header("location"), "/sign-in");
    }
}

#[tokio::test]
async fn the_cookie_is_for_this_site_and_no_script() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut visitor = Visitor::at(server.site(), "/sign-in").await;
    let reply = try_sign_in(&mut visitor, "ann", "nna").await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn a_room_is_shared_and_each_takes_back_what_is_theirs() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut ann = user_at(&server, "/rooms/garden", "ann").await;
    let mut ben = user_at(&server, "/rooms/garden", "ben").await;
    ann.upload("files", [("plan.txt", "roses")]).await;
    ben.upload("files", [("list.txt", "spade")]).await;
    let both = ["plan.txt, brought by ann", "list.txt, brought by ben"];
    assert_eq!(files_at(&mut ann, "/rooms/garden").await, both);
    assert_eq!(files_at(&mut ben, "/rooms/garden").await, both);
    assert_eq!(files_at(&mut ben, "/rooms/cellar").await, [""; 0]);
    ann.open("/rooms/garden").await;
    ann.click("Take back").await;
    assert_eq!(files_at(&mut ben, "/rooms/garden").await, ["list.txt, brought by ben"]);
    assert_eq!(files.stored_names(), ["list.txt"]);
    assert!(files_at(&mut ann, "/rooms/garden").await.len() == 1 && !ann.page().text().contains("Take back"));
}

#[tokio::test]
async fn a_user_has_one_desk_on_all_devices() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut laptop = user_at(&server, "/", "ann").await;
    let mut phone = user_at(&server, "/", "ann").await;
    let mut other = user_at(&server, "/", "ben").await;
    laptop.upload("papers", [("diary.txt", "today")]).await;
    assert_eq!(files_at(&mut phone, "/").await, ["diary.txt"]);
    assert_eq!(files_at(&mut other, "/").await, [""; 0]);
    let reply = phone.submit("Enter", Entries::new().text("room", " Garden  party")).await;
    assert_eq!(reply.header("location"), "/rooms/garden-party", "{}", reply.text());
    laptop.open("/").await;
    assert!(laptop.page().links().contains(&"garden-party".to_owned()), "{:?}", laptop.page().links());
}

#[tokio::test]
async fn what_one_brings_appears_on_the_open_page_of_the_other() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut ann = user_at(&server, "/rooms/garden", "ann").await;
    let ben = user_at(&server, "/rooms/garden", "ben").await;
    let site = Site::Address(server.address());
    let mut ben_sees = follow(&site, &ben, "/rooms/garden", &instance(&ben)).await;
    ben_sees.read_until(":\n\n").await;
    ann.upload("files", [("plan.txt", "roses")]).await;
    let event = next_event(&mut ben_sees).await;
    let event = event["view"]["patch"].to_string();
    assert!(event.contains("plan.txt") && event.contains("ann"), "{event}");
    assert!(!event.contains("Take back"), "that is for Ann alone: {event}");
}

#[tokio::test]
async fn a_page_of_one_user_does_nothing_for_the_next_one_in_the_same_browser() {
    let files = UploadDir::new();
    let server = Server::start_rooms(&files).await;
    let mut browser = user_at(&server, "/rooms/garden", "ann").await;
    browser.upload("files", [("plan.txt", "roses")]).await;
    let mut old_tab = browser.clone();
    browser.click("Sign out").await;
    for name in [None, Some("ben"), Some("ann")] {
        if let Some(name) = name {
            let mut next = Visitor::stranger(server.site());
            sign_in(&mut next, "/", name).await;
            browser = next;
        }
        old_tab.take_cookies(&browser, "");
        let upload = Multipart::new(&old_tab.upload_call("files")).file("files", "late.txt", b"late").finish();
        let request = old_tab.upload_request(upload);
        let reply = old_tab.send(request).await;
        assert_eq!(refusal(&reply), "event.out-of-date", "{name:?}: {}", reply.text());
        let request = old_tab.event(&old_tab.call_of("Take back"));
        let reply = old_tab.send(request).await;
        assert_eq!(refusal(&reply), "event.out-of-date", "{name:?}: {}", reply.text());
    }
    assert_eq!(files_at(&mut browser, "/rooms/garden").await, ["plan.txt, brought by ann"]);
    assert_eq!(files.stored_names(), ["plan.txt"]);
}

/// Why an event was refused: its code, or where its visitor is sent instead.
fn refusal(reply: &Reply) -> String {
    match reply.actions().first() {
        Some(action) => action["url"].as_str().unwrap_or_else(|| panic!("it was done: {}", reply.text())).to_owned(),
        None => reply.code(),
    }
}
