//! Which browser it is, and how each is started. What is done with it then is for the others.

use std::{
    cell::Cell,
    env, fs,
    path::{Path, PathBuf},
};

use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use tokio::process::Command;

use super::target;

/// What the user of a browser lets sites do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) scripts: bool,
    pub(super) cookies: bool,
}

impl Default for Allowed {
    fn default() -> Self {
        Self { scripts: true, cookies: true }
    }
}

/// A browser that tests can run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Chromium,
    Firefox,
    WebKit,
}

thread_local! {
    static CURRENT: Cell<Kind> = const { Cell::new(Kind::Chromium) };
}

/// Runs a whole test again, in Firefox: whatever browser it starts, on this thread, is one.
///
/// So the tests don't have to say in which browser they run; each of them runs on one thread.
pub fn in_firefox(test: impl FnOnce()) {
    run_in(Kind::Firefox, test);
}

/// The same in WebKit, the engine of Safari, by the browser that comes with WebKitGTK.
pub fn in_webkit(test: impl FnOnce()) {
    run_in(Kind::WebKit, test);
}

fn run_in(kind: Kind, test: impl FnOnce()) {
    /// Also after a test that fails: with `--test-threads=1` the next one has the same thread.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.set(Kind::Chromium);
        }
    }
    let _reset = Reset;
    CURRENT.set(kind);
    test();
}

impl Kind {
    /// The browser that this test runs in.
    pub(super) fn current() -> Self {
        CURRENT.get()
    }

    /// Whether what a test has left can be cleared away, so that the next test gets the same browser.
    pub(super) fn can_be_cleared(self) -> bool {
        self != Self::WebKit
    }

    /// What starts the driver, on a port that the system chooses; that of WebKit has to be told one.
    pub(super) fn driver(self, folder: &Path) -> Command {
        match self {
            Self::Chromium => {
                let mut command = Command::new("chromedriver");
                command.arg("--port=0");
                command
            }
            Self::Firefox => {
                let mut command = Command::new(geckodriver());
                // With the browser's own rights a script can slow the network down and read the console.
                command.args(["--port=0", "--websocket-port=0", "--allow-system-access", "--profile-root"]);
                command.arg(folder);
                command
            }
            Self::WebKit => Command::new("WebKitWebDriver"),
        }
    }

    /// What kind of browser we ask for. `proxy` is the port of the [line](super::line::Line), which is not used at first.
    pub(super) fn capabilities(self, folder: &Path, allowed: Allowed, proxy: u16) -> Capabilities {
        let capabilities = match self {
            Self::Chromium => chromium(folder, allowed),
            Self::Firefox => firefox(folder, allowed, proxy),
            Self::WebKit => webkit(allowed, proxy),
        };
        let Value::Object(capabilities) = capabilities else { unreachable!("written as an object") };
        capabilities
    }
}

fn chromium(folder: &Path, allowed: Allowed) -> Value {
    /// How Chromium writes down what a site may do.
    const ALLOWED: u8 = 1;
    const BLOCKED: u8 = 2;

    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1000,900",
    ];
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let arguments: Vec<&str> = arguments.into_iter().chain([profile.as_str()]).collect();
    json!({
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL" },
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": {
                "download.default_directory": folder.join("downloads"),
                "download.prompt_for_download": false,
                // Else it asks the visitor before a page saves a second file, and nobody is there to answer.
                "profile.default_content_setting_values.automatic_downloads": ALLOWED,
                "profile.managed_default_content_settings.javascript": if allowed.scripts { ALLOWED } else { BLOCKED },
                "profile.default_content_setting_values.cookies": if allowed.cookies { ALLOWED } else { BLOCKED },
            },
        },
    })
}

fn firefox(folder: &Path, allowed: Allowed, proxy: u16) -> Value {
    /// How Firefox writes down which cookies are kept; 5 is its own default.
    const NO_COOKIES: u8 = 2;
    const USUAL_COOKIES: u8 = 5;

    json!({
        "browserName": "firefox",
        "moz:firefoxOptions": {
            "binary": on_path(&["firefox-esr", "firefox"]).expect("Firefox is not installed; `cargo xtask test` does that"),
            "args": ["-headless"],
            "prefs": {
                "javascript.enabled": allowed.scripts,
                "network.cookie.cookieBehavior": if allowed.cookies { USUAL_COOKIES } else { NO_COOKIES },
                "browser.download.folderList": 2,
                "browser.download.dir": folder.join("downloads"),
                "browser.download.alwaysOpenPanel": false,
                "devtools.console.stdout.content": true,
                // Addresses stay addresses for the proxy, instead of becoming names.
                "network.proxy.socks_remote_dns": false,
                "network.proxy.socks5_remote_dns": false,
                "network.proxy.socks": "127.0.0.1",
                "network.proxy.socks_port": proxy,
                "network.proxy.allow_hijacking_localhost": true,
            },
        },
    })
}

/// Its sessions keep nothing, so each test has a browser of its own.
fn webkit(allowed: Allowed, proxy: u16) -> Value {
    let mut arguments = vec![
        "--automation".to_owned(),
        // The driver of WebKit takes no proxy of this kind for its browser.
        format!("--proxy=socks5://127.0.0.1:{proxy}"),
        // Else a script of a test opens no window: no click has led to it.
        "--javascript-can-open-windows-automatically=true".to_owned(),
    ];
    if !allowed.scripts {
        arguments.push("--enable-javascript=false".to_owned());
    }
    if !allowed.cookies {
        arguments.push("--cookies-policy=never".to_owned());
    }
    json!({
        "browserName": "MiniBrowser",
        "webkitgtk:browserOptions": { "binary": mini_browser(), "args": arguments },
    })
}

/// The browser of WebKitGTK, which is on no path.
fn mini_browser() -> PathBuf {
    let entries = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let libraries = entries("/usr/lib".into()).flat_map(entries);
    let mut browsers = libraries.map(|library| library.join("MiniBrowser")).filter(|browser| browser.is_file());
    browsers.next().expect("WebKitGTK is not installed; `cargo xtask test` does that")
}

/// No package of Debian brings it; `cargo xtask test` builds it here.
fn geckodriver() -> PathBuf {
    let built = target().join("tools/bin/geckodriver");
    if built.is_file() { built } else { "geckodriver".into() }
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.into_iter().find(|candidate| candidate.is_file())
}
