//! The process that drives a browser: chromedriver or geckodriver. What is said to it stands in the other files.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// A driver for one browser. Dropping it ends the browser and then the driver.
#[derive(Debug)]
pub(super) struct Driver {
    url: String,
    port: u16,
    session: Option<String>,
    printed: Arc<Mutex<Vec<String>>>,
    process: Child,
}

impl Driver {
    /// Starts a driver by a command that has it choose a free port; it keeps everything that belongs to a user below `home`.
    /// Returns what to do if there is no such driver.
    pub(super) async fn start(command: impl Fn() -> Command, home: &Path) -> Result<Self, String> {
        let mut said = String::new();
        // Chromedriver lets the system choose a port for IPv6 and ends when somebody has that port for IPv4. Another try
        // gets another port.
        for _ in 0..10 {
            match Self::try_start(spawn(command(), home)?).await {
                Ok(driver) => return Ok(driver),
                Err(last_words) => said = last_words,
            }
        }
        Err(format!("the driver of the browser doesn't start: {said}"))
    }

    /// Returns what the driver said if it ended.
    async fn try_start(mut process: Child) -> Result<Self, String> {
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
        let printed = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&printed);
        // To the end, also if nobody asks for it: a driver that fills the pipe would stop.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Ok(Self { url: format!("http://127.0.0.1:{port}"), port, session: None, printed, process })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Takes the lines that the driver and its browser have printed since the last time this was asked.
    pub(super) fn take_printed(&self) -> Vec<String> {
        std::mem::take(&mut self.printed.lock().unwrap_or_else(PoisonError::into_inner))
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
        let host = format!("127.0.0.1:{}", self.port);
        write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        // The answer comes when the browser has gone; the driver keeps the connection open.
        let mut status = *b"HTTP/1.1 ...";
        stream.read_exact(&mut status)?;
        if status.ends_with(b" 200") { Ok(()) } else { Err(std::io::Error::other("the driver refuses to end it")) }
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

fn spawn(mut command: Command, home: &Path) -> Result<Child, String> {
    command.env("HOME", home).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let started = command.spawn();
    started
        .map_err(|error| format!("{command:?} can't be started ({error}); `cargo xtask test` installs it, or says how"))
}

/// `ChromeDriver was started successfully on port 40123.`, or `.. Listening on 127.0.0.1:40123`.
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("successfully on port ").or_else(|| line.split_once("Listening on 127.0.0.1:"))?;
    port.trim_end_matches('.').parse().ok()
}
