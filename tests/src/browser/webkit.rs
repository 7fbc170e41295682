//! What only WebKit needs: a screen, a driver that says nothing, and other means than Chromium has. The rest of a browser stands in `mod.rs`.

use std::{env, fs, path::Path, process::Stdio, time::Duration};

use fantoccini::{Client, wd::Capabilities};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};

use super::{Browser, driver::Driver, kind::Kind, running::connect};
use crate::{fleet::unused_address, until};

/// How long the start of a browser may take. A driver whose browser ends meanwhile never answers.
const START: Duration = Duration::from_secs(20);

/// The toolbar of the browser takes no more room than the narrowest page, of 320 px.
const NARROW_TOOLBAR: &str = "button { min-width: 0; min-height: 0; padding: 0; border: 0; margin: 0 -6px; }\n";

/// A screen in memory: WebKit has no mode without one.
#[derive(Debug)]
pub(super) struct Screen {
    number: String,
    /// It ends when this is dropped.
    _process: Child,
}

impl Screen {
    /// Starts a screen. Returns what to install if there is no program for that.
    pub(super) async fn start() -> Result<Self, String> {
        let mut command = Command::new("Xvfb");
        // It chooses a number that is free, and writes it down.
        command.args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut process = command
            .spawn()
            .map_err(|error| format!("Xvfb can't be started ({error}); `cargo xtask test` installs it"))?;
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let number = lines.next_line().await.expect("a pipe").ok_or("Xvfb ends without a screen")?;
        Ok(Self { number, _process: process })
    }
}

/// Starts a browser on that screen, which keeps what it has below `home`, and a driver for it. Returns why there is none.
pub(super) async fn start(
    screen: &Screen,
    home: &Path,
    capabilities: &Capabilities,
) -> Result<(Driver, Client), String> {
    let settings = home.join(".config");
    fs::create_dir_all(settings.join("gtk-3.0")).expect("a folder for settings");
    fs::write(settings.join("gtk-3.0/gtk.css"), NARROW_TOOLBAR).expect("a writable folder");
    fs::write(settings.join("user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"$HOME/downloads\"\n").expect("a writable folder");
    let mut why = String::new();
    for _ in 0..2 {
        let port = unused_address().port();
        let driver = Driver::start_at(port, driver(screen, port, &settings), home).await?;
        match timeout(START, connect(Kind::WebKit, driver, capabilities.clone())).await {
            Ok(Ok(started)) => return Ok(started),
            Ok(Err(error)) => why = error,
            Err(_) => "its driver has not answered".clone_into(&mut why),
        }
    }
    Err(format!("WebKit doesn't start: {why}"))
}

/// What starts a driver that listens there.
fn driver(screen: &Screen, port: u16, settings: &Path) -> Command {
    let mut command = Kind::WebKit.driver(settings);
    // Proxies would be between the driver and its browser; the others change what is drawn, and the language of pages.
    let disturbs =
        |name: &str| name.to_lowercase().ends_with("_proxy") || name.starts_with("WEBKIT_") || name.starts_with("LC_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(disturbs)) {
        command.env_remove(name);
    }
    command
        .arg(format!("--port={port}"))
        .env("DISPLAY", format!(":{}", screen.number))
        .env("XDG_CONFIG_HOME", settings)
        // Else the language of pages is "C", which is none.
        .env("LANG", "en_US.UTF-8");
    command
}

impl Browser {
    /// Notes from now on what goes wrong on the page, until another one is loaded: nothing tells what WebKit writes to its
    /// console. What goes wrong while a page loads is for the other browsers to tell.
    pub(super) async fn note_complaints(&self) {
        let script = "const complaints = window.complaints = [];
            const note = (type, textOf) => addEventListener(type, event => complaints.push(textOf(event)), true);
            // A file that is no picture is none of the page's faults.
            const isFile = ({ src }) => src?.startsWith('blob:');
            addEventListener('error', ({ message, target }) => {
                if (message) complaints.push(message);
                else if (!isFile(target)) complaints.push('something could not be loaded');
            }, true);
            note('securitypolicyviolation', event => `${event.effectiveDirective} forbids ${event.blockedURI}`);
            note('unhandledrejection', ({ reason }) => String(reason));
            note('filekit:report', ({ detail }) => JSON.stringify(detail));
            for (const kind of ['warn', 'error']) {
                const write = console[kind];
                console[kind] = (...all) => {
                    complaints.push(all.join(' '));
                    write.apply(console, all);
                };
            }";
        self.run(script, &[]).await;
    }

    /// What was noted since the last time this was asked.
    pub(super) async fn noted_complaints(&self) -> Vec<String> {
        let noted = self.run("return (window.complaints ?? []).splice(0)", &[]).await;
        serde_json::from_value(noted).expect("a list of texts")
    }

    pub(super) async fn pretend_in_webkit(&self, width: u32, height: u32, scheme: &str) {
        assert_eq!(scheme, "light", "the scheme of a system without a desktop");
        self.client.set_window_size(width, height).await.expect("a window");
        // The driver may answer before the page knows.
        until("a window of that width", async || {
            (self.run("return innerWidth", &[]).await == json!(width)).then_some(())
        })
        .await;
        assert_eq!(self.run("return matchMedia('(prefers-color-scheme: light)').matches", &[]).await, json!(true));
    }
}
