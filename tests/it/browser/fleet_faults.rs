//! Several servers behind a proxy when something fails, as visitors see it: a server is killed in the middle of an event or of an upload,
//! Redis is away, servers are started anew one after the other. Pages heal by themselves and say what is wrong, and nothing happens
//! twice. What is answered over HTTP is `http/fleet_faults.rs`.

use fantoccini::Locator;
use filekit_tests::{
    Browser, Fleet, Proxy, RedisProgram, RedisServer, Samples, Server, UploadDir, in_time, patterned, until,
};
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use super::board::COUNT;
use super::overlay::picture;
use super::rooms::sign_in;

const ALERT: &str = "[role='alert']";
const KEPT: &str = ".kept";

const FILM: usize = 20 << 20;

/// Bytes a second: slow enough for something to happen while they move.
const SLOW: u32 = 1_000_000;

/// What is said of an event that may have happened: by the page, where a proxy has no answer of a server; by another server, where the
/// browser sends the call again; by its own server, if Redis does not answer.
const UNKNOWN: &str = "it is not known whether this was done. Please look before you try again.";

/// Said where Redis is away.
const UNAVAILABLE: &str = "The server cannot reach its data at the moment. Please try again in a moment.";

/// Servers of the program `counter`, and two visitors who look at its page.
struct Scene {
    ann: Browser,
    ben: Browser,
    samples: Samples,
    /// Where an event that waits in its middle connects to.
    gate: TcpListener,
    server: Server,
    files: UploadDir,
    redis: RedisServer,
    _fleet: Fleet,
}

/// An event that waits in its middle. It goes on when this is dropped.
struct WaitingEvent {
    process: u32,
    _gate: TcpStream,
}

impl Scene {
    async fn open(proxy: Proxy, servers: usize) -> Self {
        let redis = RedisServer::start(RedisProgram::Redis).await;
        let gate = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut program = Command::new(env!("CARGO_BIN_EXE_counter"));
        program.env("GATE", gate.local_addr().expect("an address").to_string());
        let (fleet, files) = (Fleet::new(proxy, servers, redis.url()), UploadDir::new());
        let server = Server::start_behind(&fleet, program, &files).await;
        let scheme = if proxy == Proxy::Nginx { "light" } else { "dark" };
        let [ann, ben] = [visit(&server, scheme).await, visit(&server, scheme).await];
        Self { ann, ben, samples: Samples::new(), gate, server, files, redis, _fleet: fleet }
    }

    /// Clicks the event that waits, and returns it when it has begun.
    async fn count_slowly(&self) -> WaitingEvent {
        self.ann.click("Count slowly").await;
        let (mut gate, _) = in_time("that the event begins", self.gate.accept()).await.expect("a listener");
        let process = gate.read_u32().await.expect("the number of a process");
        WaitingEvent { process, _gate: gate }
    }

    /// The number of the server in which an event waits.
    fn server_of(&self, event: &WaitingEvent) -> usize {
        let mut processes = self.server.process_ids().into_iter();
        processes.position(|process| process == event.process).expect("one of the servers")
    }

    /// Both visitors see this count, on the page that they have opened in the beginning.
    async fn both_see(&self, count: &str) {
        for browser in [&self.ann, &self.ben] {
            browser.see_texts(COUNT, &[count]).await;
            assert_eq!(browser.run("return window.isFirst", &[]).await, json!(true), "the page was loaded again");
        }
    }

    /// Begins to send a film.
    async fn send_film(&self) {
        self.ann.choose("films", &[&self.samples.file("film.bin", patterned(FILM))]).await;
        self.ann.see_texts(".state", &["selected"]).await;
        self.ann.send_slowly(Some(SLOW)).await;
        self.ann.click("Send").await;
    }

    /// Waits until more of it is sent than now.
    async fn until_more_is_sent(&self) {
        let percent = async || {
            let script = "return Number(document.querySelector('.progress')?.textContent)";
            self.ann.run(script, &[]).await.as_u64()
        };
        let before = percent().await;
        until("more is sent", async || (percent().await > before).then_some(())).await;
    }

    /// The film, whose upload was cut off, arrives on both pages, as it was sent and once, and nothing went wrong that a visitor has to
    /// know.
    async fn film_arrives(&self) {
        self.ann.send_slowly(None).await;
        for browser in [&self.ann, &self.ben] {
            browser.see_texts(KEPT, &["film.bin"]).await;
            assert_eq!(browser.texts(ALERT).await, [""; 0]);
        }
        let requests = "return performance.getEntriesByType('resource').filter(each => each.name.includes('/_filekit/partial/')).length";
        let requests = self.ann.run(requests, &[]).await.as_u64();
        assert!(requests > Some(1), "it was not cut off");
        assert!(self.files.stored("film.bin") == patterned(FILM), "it is another file");
        until("nothing is left of it", async || self.files.spool_is_empty().then_some(())).await;
    }

    /// No event has begun but those that the test has let begin.
    fn assert_none_waits(&self) {
        assert!(self.gate.accept().now_or_never().is_none(), "an event has begun twice");
    }
}

/// A browser with the page of the counter.
async fn visit(server: &Server, scheme: &str) -> Browser {
    let browser = Browser::start().await;
    browser.pretend(700, 600, scheme).await;
    browser.open(&server.url("/")).await;
    browser.see_texts(COUNT, &["0"]).await;
    browser.run("window.isFirst = true", &[]).await;
    browser
}

/// Waits until the visitor is told this. Saves a picture of it for people.
async fn see_alert(browser: &Browser, words: &str, name: &str) {
    let told = async || matches!(&browser.texts(ALERT).await[..], [text] if text.contains(words)).then_some(());
    until(&format!("the visitor is told: {words}"), told).await;
    picture(browser, &format!("fleet-{name}")).await;
}

/// Whether it has happened is seen on the page, and the next click works.
async fn a_server_is_killed_in_the_middle_of_an_event(proxy: Proxy, servers: usize) {
    let mut scene = Scene::open(proxy, servers).await;
    let event = scene.count_slowly().await;
    let number = scene.server_of(&event);
    scene.server.kill_one(number).await;
    see_alert(&scene.ann, UNKNOWN, &format!("killed-{proxy:?}")).await;
    // It gets its turn when the lease of the killed server has run out.
    scene.ann.click("Count").await;
    scene.both_see("1").await;
    scene.server.start_one(number).await;
    scene.ben.click("Count").await;
    scene.both_see("2").await;
    scene.assert_none_waits();
}

#[tokio::test]
pub(super) async fn behind_nginx_an_event_whose_server_is_killed_is_told_and_happens_at_most_once() {
    a_server_is_killed_in_the_middle_of_an_event(Proxy::Nginx, 2).await;
}

#[tokio::test]
async fn behind_haproxy_an_event_whose_server_is_killed_is_told_and_happens_at_most_once() {
    a_server_is_killed_in_the_middle_of_an_event(Proxy::Haproxy, 3).await;
}

/// Each server is killed once, so one of them in the middle of the upload.
async fn servers_are_killed_in_the_middle_of_an_upload(proxy: Proxy, servers: usize) {
    let mut scene = Scene::open(proxy, servers).await;
    scene.send_film().await;
    for number in 0..servers {
        scene.until_more_is_sent().await;
        scene.server.kill_one(number).await;
        scene.ann.screenshot(&format!("fleet-upload-{proxy:?}-{number}")).await;
        scene.server.start_one(number).await;
    }
    assert_eq!(scene.ann.texts(KEPT).await, [""; 0], "it has arrived too early");
    scene.film_arrives().await;
}

#[tokio::test]
async fn behind_nginx_an_upload_goes_on_by_itself_when_its_server_is_killed() {
    servers_are_killed_in_the_middle_of_an_upload(Proxy::Nginx, 2).await;
}

#[tokio::test]
async fn behind_haproxy_an_upload_goes_on_by_itself_when_its_server_is_killed() {
    servers_are_killed_in_the_middle_of_an_upload(Proxy::Haproxy, 3).await;
}

#[tokio::test]
async fn while_redis_is_paused_a_click_is_refused_in_words_and_then_works() {
    let scene = Scene::open(Proxy::Nginx, 2).await;
    scene.redis.pause();
    scene.ann.click("Count").await;
    see_alert(&scene.ann, UNAVAILABLE, "paused").await;
    scene.redis.resume();
    scene.ann.click("Count").await;
    scene.both_see("1").await;
    scene.ben.click("Count").await;
    scene.both_see("2").await;
}

/// Redis does what it was asked when it goes on, if it knows how: from a click before.
#[tokio::test]
async fn an_event_that_redis_keeps_without_an_answer_is_told_as_not_known_and_seen() {
    let scene = Scene::open(Proxy::Nginx, 2).await;
    scene.ann.click("Count").await;
    scene.both_see("1").await;
    let event = scene.count_slowly().await;
    scene.redis.pause();
    drop(event);
    see_alert(&scene.ann, UNKNOWN, "paused-commit").await;
    scene.redis.resume();
    scene.both_see("2").await;
    scene.ann.click("Count").await;
    scene.both_see("3").await;
    scene.assert_none_waits();
}

/// Servers of `examples/rooms`, with a visitor in a room who has brought a file.
#[tokio::test]
async fn a_redis_that_comes_back_empty_leads_visitors_to_where_they_begin() {
    let mut redis = RedisServer::start(RedisProgram::Redis).await;
    let (fleet, files, samples) = (Fleet::new(Proxy::Haproxy, 3, redis.url()), UploadDir::new(), Samples::new());
    let server = Server::start_behind(&fleet, Server::rooms(), &files).await;
    let ann = user_at(&server, "ann").await;
    let ben = user_at(&server, "ben").await;
    ann.choose("files", &[&samples.file("plan.txt", "roses")]).await;
    ben.see("plan.txt").await;

    redis.kill();
    ann.click("Take back").await;
    see_alert(&ann, UNAVAILABLE, "away").await;
    ann.run("open(location.href)", &[]).await;
    ann.newest_tab(2).await;
    ann.see(UNAVAILABLE).await;
    ann.screenshot("fleet-away-document").await;
    ann.oldest_tab().await;

    redis.start_again().await;
    for (browser, name) in [(&ann, "ann"), (&ben, "ben")] {
        browser.see("Password").await;
        picture(browser, &format!("fleet-empty-{name}")).await;
        sign_in(browser, name).await;
        browser.see("Nothing is here yet.").await;
    }
    ann.choose("files", &[&samples.file("list.txt", "spade")]).await;
    ben.see("list.txt").await;
}

/// A browser in a room, in which a user has signed in.
async fn user_at(server: &Server, name: &str) -> Browser {
    let browser = Browser::start().await;
    browser.pretend(700, 600, "light").await;
    browser.open(&server.url("/rooms/garden")).await;
    browser.find(Locator::Id("password")).await;
    sign_in(&browser, name).await;
    browser.see("Room garden").await;
    browser
}

/// As a new version of the program is rolled out, while one visitor sends a film and the other one clicks without a pause.
async fn servers_are_started_anew(proxy: Proxy, servers: usize) {
    let mut scene = Scene::open(proxy, servers).await;
    begin_to_click(&scene.ben).await;
    scene.send_film().await;
    scene.until_more_is_sent().await;
    for number in 0..servers {
        let status = scene.server.stop_one(number).await;
        assert!(status.success(), "{status}");
        scene.ann.screenshot(&format!("fleet-restart-{proxy:?}-{number}")).await;
        scene.server.start_one(number).await;
    }
    let clicks = end_of_clicks(&scene.ben).await;
    scene.film_arrives().await;
    scene.both_see(&clicks.to_string()).await;
}

/// Clicks again each time that the click before was answered.
async fn begin_to_click(browser: &Browser) {
    let script = "window.clicks = 0;
        window.clicking = setInterval(() => {
            const button = Array.from(document.querySelectorAll('button')).find(each => each.textContent == 'Count');
            if (button.hasAttribute('aria-busy')) return;
            clicks += 1;
            button.click();
        }, 50);";
    browser.run(script, &[]).await;
}

/// Ends that, and returns how many clicks there were when the last of them is answered.
async fn end_of_clicks(browser: &Browser) -> u64 {
    let script = "clearInterval(clicking); return document.querySelector('[aria-busy]') ? null : clicks";
    until("the last click is answered", async || browser.run(script, &[]).await.as_u64()).await
}

#[tokio::test]
async fn behind_nginx_servers_that_are_started_anew_one_after_the_other_are_not_noticed() {
    servers_are_started_anew(Proxy::Nginx, 2).await;
}

#[tokio::test]
async fn behind_haproxy_servers_that_are_started_anew_one_after_the_other_are_not_noticed() {
    servers_are_started_anew(Proxy::Haproxy, 3).await;
}
