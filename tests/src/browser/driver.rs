//! The process that drives a browser: chromedriver, geckodriver or WebKitWebDriver. What is said to it stands in the other files.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    runtime::Handle,
    task::spawn_blocking,
};

use crate::wait::eventually;

/// A driver for one browser. Dropping it ends the browser and then the driver.
#[derive(Debug)]
pub(super) struct Driver {
    url: String,
    port: u16,
    session: Option<String>,
    printed: Arc<Mutex<Vec<String>>>,
    process: Child,
    /// What ends with it, if it has a group of its own.
    group: Option<Pid>,
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
        Ok(Self::listening(port, process, lines))
    }

    /// Starts a driver that listens there, and says nothing. What it has started ends with it, also if it never got so far
    /// that there is a session. Returns what to do if there is no such driver.
    pub(super) async fn start_at(port: u16, mut command: Command, home: &Path) -> Result<Self, String> {
        command.process_group(0);
        let mut process = spawn(command, home)?;
        let group = process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        // On one thread: the compiler cannot tell that what looks again and again may be sent to another.
        let listens = spawn_blocking(move || {
            Handle::current().block_on(eventually(async || TcpStream::connect(("127.0.0.1", port)).ok()))
        });
        listens.await.ok().flatten().ok_or("the driver of the browser doesn't listen")?;
        let mut driver = Self::listening(port, process, lines);
        driver.group = group;
        Ok(driver)
    }

    fn listening(port: u16, process: Child, mut lines: Lines<BufReader<ChildStdout>>) -> Self {
        let printed = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&printed);
        // To the end, also if nobody asks for it: a driver that fills the pipe would stop.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Self { url: format!("http://127.0.0.1:{port}"), port, session: None, printed, process, group: None }
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
        if let Some(group) = self.group {
            let _ = kill_process_group(group, Signal::KILL);
        }
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
