//! The process that drives Chromium, and the commands that fantoccini has no method for.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Stdio,
    time::Duration,
};

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{self, Child},
};
use url::{ParseError, Url};

/// A chromedriver for one browser. Dropping it ends the browser and then the driver.
#[derive(Debug)]
pub(super) struct Driver {
    url: String,
    port: u16,
    session: Option<String>,
    process: Child,
}

impl Driver {
    /// Starts a driver on a free port; it keeps everything that belongs to a user below `home`.
    ///
    /// # Panics
    /// When there is no chromedriver.
    pub(super) async fn start(home: &Path) -> Self {
        let mut said = String::new();
        // It lets the system choose a port for IPv6 and ends when somebody has that port for IPv4. Another try gets
        // another port.
        for _ in 0..10 {
            match Self::try_start(home).await {
                Ok(driver) => return driver,
                Err(last_words) => said = last_words,
            }
        }
        panic!("chromedriver doesn't start: {said}");
    }

    /// Returns what the driver said if it ended.
    async fn try_start(home: &Path) -> Result<Self, String> {
        let mut process = process::Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("chromedriver can't be started ({error}); `cargo xtask test` installs it, or says how")
            });
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let mut said = String::new();
        let port = loop {
            let Some(line) = lines.next_line().await.expect("a pipe") else {
                return Err(said);
            };
            if let Some(port) = port_in(&line) {
                break port;
            }
            said.push_str(&line);
            said.push('\n');
        };
        // Nobody reads on; a driver that fills the pipe would stop.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { url: format!("http://127.0.0.1:{port}"), port, session: None, process })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn session_started(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Ends the session, which closes the browser. Blocking: it also runs while a failed test unwinds.
    fn end_session(&self) -> std::io::Result<()> {
        let Some(session) = &self.session else {
            return Ok(());
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        // The answer comes when the browser has gone; the driver keeps the connection open.
        stream.read_exact(&mut [0])
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Err(error) = self.end_session() {
            eprintln!("the browser may be left running: {error}");
        }
        // The process itself goes with the field: `kill_on_drop`.
        let _ = self.process.start_kill();
    }
}

/// `ChromeDriver was started successfully on port 40123.`
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}

/// A command of chromedriver's own.
#[derive(Debug)]
pub(super) struct Command {
    path: &'static str,
    body: Value,
}

impl Command {
    /// A command of the browser's DevTools protocol.
    pub(super) fn devtools(command: &'static str, parameters: Value) -> Self {
        Self { path: "goog/cdp/execute", body: json!({ "cmd": command, "params": parameters }) }
    }

    /// Takes what the console has printed.
    pub(super) fn console() -> Self {
        Self { path: "se/log", body: json!({ "type": "browser" }) }
    }
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
