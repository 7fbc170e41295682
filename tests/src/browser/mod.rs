//! A real browser, driven as a person would use it: look, click, type, choose files, drop files, download.
//! A missing browser is a failure that says what to install, never a skipped test.

mod command;
mod driver;
mod firefox;
mod kind;
mod line;
mod pool;
mod running;
mod webkit;

use std::{
    fs,
    path::{Path, PathBuf},
};

use fantoccini::{
    Client, Locator,
    actions::{InputSource as _, KeyAction, KeyActions, MouseActions},
    elements::Element,
    key::Key,
    wd::WindowHandle,
};
use serde_json::{Value, json};

pub use self::kind::{in_firefox, in_webkit};
use self::{
    command::Command,
    kind::{Allowed, Kind},
    pool::Lease,
    running::Running,
};
use crate::{until, wait::eventually};

/// A browser that this test has for itself: no cookies, no cache, no downloads of another test.
#[derive(Debug)]
pub struct Browser {
    kind: Kind,
    client: Client,
    lease: Lease,
}

impl Browser {
    /// Starts a browser with an empty page: Chromium, unless the test runs [in Firefox](in_firefox) or [in WebKit](in_webkit).
    ///
    /// # Panics
    /// When there is no such browser or no driver for it; the message says what to install.
    pub async fn start() -> Self {
        Self::start_with(Allowed::default()).await
    }

    /// Starts a browser whose user has switched JavaScript off. Tests can look at its pages by scripts all the same.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_without_scripts() -> Self {
        Self::start_with(Allowed { scripts: false, ..Allowed::default() }).await
    }

    /// Starts a browser whose user lets no site keep cookies.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_without_cookies() -> Self {
        Self::start_with(Allowed { cookies: false, ..Allowed::default() }).await
    }

    async fn start_with(allowed: Allowed) -> Self {
        let kind = Kind::current();
        let lease = Lease::take(kind, allowed).await;
        Self { kind, client: lease.running().client.clone(), lease }
    }

    fn running(&self) -> &Running {
        self.lease.running()
    }

    /// Opens a page and waits until it has loaded.
    pub async fn open(&self, url: &str) {
        self.running().remember(url);
        self.client.goto(url).await.expect("the page opens");
        if self.kind == Kind::WebKit {
            self.note_complaints().await;
        }
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page loads again");
        if self.kind == Kind::WebKit {
            self.note_complaints().await;
        }
    }

    /// Goes back to the page before. A script that says so is now and then not heard.
    pub async fn back(&self) {
        self.client.back().await.expect("there is a page before");
    }

    /// Waits until the page shows this text.
    ///
    /// # Panics
    /// When it doesn't come; the message says what is there instead.
    pub async fn see(&self, expected: &str) {
        let mut text = String::new();
        let seen = eventually(async || {
            text = self.text().await;
            text.contains(expected).then_some(())
        });
        assert!(seen.await.is_some(), "the page never shows {expected:?}, but {text:?}");
    }

    /// What the page shows.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body.innerText", &[]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The texts of all elements that a CSS selector finds, in order.
    pub async fn texts(&self, selector: &str) -> Vec<String> {
        let script = "return Array.from(document.querySelectorAll(arguments[0]), e => e.innerText.trim())";
        // Firefox says nothing while one page is left for another.
        until("a page with texts", async || serde_json::from_value(self.run(script, &[json!(selector)]).await).ok())
            .await
    }

    /// Waits until the elements that a CSS selector finds have these texts.
    ///
    /// # Panics
    /// When they never have; the message says what they have instead.
    pub async fn see_texts(&self, selector: &str, expected: &[&str]) {
        let mut texts = Vec::new();
        let seen = eventually(async || {
            texts = self.texts(selector).await;
            (texts == expected).then_some(())
        });
        assert!(seen.await.is_some(), "{selector} never shows {expected:?}, but {texts:?}");
    }

    /// Clicks the button or link with this text, once it is there.
    pub async fn click(&self, text: &str) {
        let control = self.control(text).await;
        control.click().await.unwrap_or_else(|error| panic!("{text:?} can't be clicked: {error}"));
    }

    /// The button or link with this text, once it is there.
    pub async fn control(&self, text: &str) -> Element {
        let path = format!("//*[self::button or self::a][normalize-space()={}]", quoted(text));
        self.find(Locator::XPath(&path)).await
    }

    /// Waits for an element and returns it.
    pub async fn find(&self, locator: Locator<'_>) -> Element {
        let what = format!("there is {locator:?}");
        until(&what, async || self.client.find(locator).await.ok()).await
    }

    /// The elements that are there now.
    pub async fn find_all(&self, locator: Locator<'_>) -> Vec<Element> {
        self.client.find_all(locator).await.expect("a page")
    }

    /// Chooses files as in the dialog that a file input opens.
    pub async fn choose(&self, input: &str, files: &[&Path]) {
        let paths: Vec<_> = files.iter().map(|path| path.to_string_lossy()).collect();
        let input = self.find(Locator::Id(input)).await;
        let sent = input.send_keys(&paths.join("\n")).await;
        sent.unwrap_or_else(|error| panic!("{files:?} can't be chosen: {error}"));
    }

    /// Drags files from outside over an element and drops them there.
    pub async fn drop_files(&self, selector: &str, files: &[&Path]) {
        if self.kind != Kind::Chromium {
            return self.drop_by_script(selector, files).await;
        }
        for kind in ["dragEnter", "dragOver", "drop"] {
            self.drag(kind, selector, json!(files)).await;
        }
    }

    /// Drags something from outside over an element and holds it there.
    pub async fn drag_over(&self, selector: &str) {
        for kind in ["dragEnter", "dragOver"] {
            self.drag(kind, selector, json!([self.running().folder()])).await;
        }
    }

    /// Takes away what is [held](Self::drag_over) over an element, by the corner of the page.
    pub async fn drag_away(&self) {
        self.drag_to("dragOver", &json!([0, 0]), &json!([self.running().folder()])).await;
        self.drag_to("dragCancel", &json!([0, 0]), &json!([self.running().folder()])).await;
    }

    async fn drag(&self, kind: &str, selector: &str, files: Value) {
        self.find(Locator::Css(selector)).await;
        let script = "const e = document.querySelector(arguments[0]); e.scrollIntoView({ block: 'nearest' });\
                      const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]";
        let middle = self.run(script, &[json!(selector)]).await;
        self.drag_to(kind, &middle, &files).await;
    }

    async fn drag_to(&self, kind: &str, point: &Value, files: &Value) {
        let data = json!({ "items": [], "files": files, "dragOperationsMask": 1 });
        let event = json!({ "type": kind, "x": point[0], "y": point[1], "data": data });
        self.devtools("Input.dispatchDragEvent", event).await;
    }

    /// Lets bodies go out at so many bytes a second, as over a bad connection; without a number, as fast as they can.
    pub async fn send_slowly(&self, bytes_per_second: Option<u32>) {
        match self.kind {
            Kind::Chromium => {}
            Kind::Firefox => return self.send_over_line(bytes_per_second).await,
            Kind::WebKit => return self.running().line.limit(bytes_per_second),
        }
        self.devtools("Network.enable", json!({})).await;
        let upload = bytes_per_second.map_or(json!(-1), |rate| json!(rate));
        let conditions =
            json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Takes the browser off the network, and back, as the system does when it loses its own.
    pub async fn set_online(&self, is_online: bool) {
        if self.kind == Kind::Firefox {
            return self.set_firefox_online(is_online).await;
        }
        self.devtools("Network.enable", json!({})).await;
        let conditions =
            json!({ "offline": !is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Lets what the page waits for come so many times earlier.
    pub async fn hurry(&self, times: u32) {
        let script = "const [times] = arguments;
            const real = window.setTimeout;
            window.setTimeout = (job, time, ...rest) => real(job, time / times, ...rest);";
        self.run(script, &[json!(times)]).await;
    }

    /// Lets the page think that so many hours have passed, as after a sleep.
    pub async fn sleep_for(&self, hours: u32) {
        let script = "const [hours] = arguments;
            const real = window.Date.now;
            window.Date.now = () => real() + hours * 3_600_000;";
        self.run(script, &[json!(hours)]).await;
    }

    /// Loses all cookies of the page, as when they have expired.
    pub async fn forget_cookies(&self) {
        self.client.delete_all_cookies().await.expect("a page");
    }

    /// Notes from now on what is read to people who don't see: changes of live regions, and alerts.
    pub async fn listen(&self) {
        let script = "window.spoken = [];
            const live = '[role=status], [role=alert], [aria-live]';
            const speak = node => {
                const region = node.nodeType == 1 ? node.closest(live) : node.parentElement?.closest(live);
                const alerts = node.nodeType == 1 ? [...node.querySelectorAll('[role=alert]')] : [];
                for (const each of region ? [region] : alerts) {
                    const manner = each.matches('[role=alert]') ? 'alert: ' : '';
                    window.spoken.push(manner + (node.textContent || '').trim());
                }
            };
            new MutationObserver(records => {
                for (const record of records) record.addedNodes.forEach(speak);
            }).observe(document.body, { childList: true, subtree: true });";
        self.run(script, &[]).await;
    }

    /// What was read out since the test [listens](Self::listen), in order.
    pub async fn heard(&self) -> Vec<String> {
        let spoken = self.run("return window.spoken", &[]).await;
        serde_json::from_value(spoken).expect("a list of texts")
    }

    /// Waits until this was read out.
    ///
    /// # Panics
    /// When it never is; the message says what was instead.
    pub async fn hear(&self, expected: &str) {
        let mut heard = Vec::new();
        let found = eventually(async || {
            heard = self.heard().await;
            heard.iter().any(|text| text == expected).then_some(())
        });
        assert!(found.await.is_some(), "{expected:?} is never read out, but {heard:?}");
    }

    /// Moves and presses the mouse, as a hand would.
    pub async fn act(&self, actions: MouseActions) {
        self.client.perform_actions(actions).await.expect("a mouse");
    }

    /// Presses and releases a key, wherever the focus is.
    pub async fn press(&self, key: Key) {
        let value = char::from(key);
        let actions = KeyActions::new("keyboard".to_owned());
        let actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        self.client.perform_actions(actions).await.expect("a keyboard");
    }

    /// Presses Tab until the focus is on an element for which the script, given the element, returns true.
    pub async fn tab_to(&self, what: &str, condition: &str) {
        let script = format!("return (element => {condition})(document.activeElement)");
        let mut met = Vec::new();
        for _ in 0..50 {
            if self.run(&script, &[]).await == json!(true) {
                return;
            }
            self.press(Key::Tab).await;
            if self.kind == Kind::Firefox {
                self.leave_toolbar().await;
            }
            met.push(self.run("return document.activeElement.outerHTML.slice(0, 80)", &[]).await);
        }
        panic!("Tab doesn't reach {what}, only {met:#?}");
    }

    /// Runs a script in the page; what it returns comes back.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.client.execute(script, arguments.to_vec()).await;
        result.unwrap_or_else(|error| panic!("{error} in {script}"))
    }

    /// Runs a script in the page that calls its last argument when it is done, and returns what it called that with.
    pub async fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.client.execute_async(script, arguments.to_vec()).await;
        result.unwrap_or_else(|error| panic!("{error} in {script}"))
    }

    /// Gets a URL by the page's own means and returns the size and the SHA-256 of what came, in hexadecimal digits.
    pub async fn fetch(&self, url: &str) -> (u64, String) {
        let script = "const [url, done] = arguments;
            fetch(url).then(async response => {
                const bytes = await response.arrayBuffer();
                const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
                done([bytes.byteLength, Array.from(hash, byte => byte.toString(16).padStart(2, '0')).join('')]);
            }).catch(error => done(String(error)));";
        let result = self.client.execute_async(script, vec![json!(url)]).await.expect("a page that can fetch");
        serde_json::from_value(result.clone()).unwrap_or_else(|_| panic!("{url} can't be fetched: {result}"))
    }

    /// Speaks to Chromium itself, for what WebDriver has no command for.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        let command = Command::devtools(command, parameters);
        self.running().issue(command).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Warnings and errors of the console since the last time this was asked.
    pub async fn complaints(&self) -> Vec<String> {
        match self.kind {
            Kind::Chromium => {}
            Kind::Firefox => return self.complaints_of_firefox().await,
            Kind::WebKit => return self.noted_complaints().await,
        }
        let entries = self.running().issue(Command::console()).await.expect("the console's log");
        let entries = entries.as_array().cloned().unwrap_or_default();
        let complaints = entries.iter().filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING");
        complaints.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The bytes of a download that is not empty, once it and all others are complete.
    pub async fn downloaded(&self, name: &str) -> Vec<u8> {
        let what = format!("{name} is downloaded");
        let bytes = eventually(async || {
            // Firefox holds the name with an empty file until it renames the complete one.
            let is_busy = self.running().is_downloading();
            fs::read(self.running().download_folder().join(name)).ok().filter(|bytes| !is_busy && !bytes.is_empty())
        });
        bytes.await.unwrap_or_else(|| panic!("gave up waiting until {what}; there is {:?}", self.downloads()))
    }

    /// The names of all files in the folder for downloads, sorted; also of those that are still under way.
    pub fn downloads(&self) -> Vec<String> {
        self.running().downloads()
    }

    /// Goes to the tab that was opened last, once there are this many.
    pub async fn newest_tab(&self, count: usize) {
        let tabs = until("a new tab", async || {
            let tabs = self.tabs().await?;
            (tabs.len() == count).then_some(tabs)
        });
        let newest = tabs.await.pop().expect("a tab");
        self.client.switch_to_window(newest).await.expect("a tab");
    }

    /// Goes back to the first tab.
    pub async fn oldest_tab(&self) {
        let tabs = self.tabs().await.expect("a browser");
        let oldest = tabs.into_iter().next().expect("a tab");
        self.client.switch_to_window(oldest).await.expect("a tab");
    }

    /// All tabs, the newest one last.
    async fn tabs(&self) -> Option<Vec<WindowHandle>> {
        let mut tabs = self.client.windows().await.ok()?;
        if self.kind == Kind::WebKit {
            tabs.reverse();
        }
        Some(tabs)
    }

    /// Pretends to be a screen of that size, on a system with that colour scheme (`light` or `dark`).
    pub async fn pretend(&self, width: u32, height: u32, scheme: &str) {
        match self.kind {
            Kind::Chromium => {}
            Kind::Firefox => return self.pretend_in_firefox(width, height, scheme).await,
            Kind::WebKit => return self.pretend_in_webkit(width, height, scheme).await,
        }
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", scheme).await;
    }

    /// Saves a picture of the page for people to look at, below `target/screenshots`.
    pub async fn screenshot(&self, name: &str) {
        let folder = target().join("screenshots");
        fs::create_dir_all(&folder).expect("a folder for screenshots");
        let picture = self.client.screenshot().await.expect("a picture");
        fs::write(folder.join(name).with_extension("png"), picture).expect("a writable folder");
    }
}

/// Wherever cargo's target directory is.
fn target() -> PathBuf {
    let executable = std::env::current_exe().expect("a test has a path");
    // target/debug/deps/it-0123
    let target = executable.ancestors().nth(3).expect("tests lie in the target directory");
    target.to_path_buf()
}

/// A text as a string of XPath, which knows no escapes.
fn quoted(text: &str) -> String {
    assert!(!text.contains('"'), "no control is called {text}");
    format!("\"{text}\"")
}
