//! A program as a process that says where it listens: started, asked to stop, killed. What is asked of it is for the others.

use std::{
    net::SocketAddr,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::{Child, Command},
};

use crate::until;

/// The variable that says whether a program is in development.
const DEVELOPMENT: &str = "FILEKIT_DEVELOPMENT";

/// A running program; killed when dropped, with what it has started.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Process {
    /// Starts it to listen there, and waits until it says where it does.
    pub(crate) async fn start(command: &mut Command, address: SocketAddr) -> Self {
        // Nothing is rebuilt here; what is tested with that says so.
        if command.as_std().get_envs().all(|(name, _)| name != DEVELOPMENT) {
            command.env(DEVELOPMENT, "false");
        }
        let mut child = command
            .env("FILEKIT_ADDR", address.to_string())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("the example starts");
        let log = Arc::default();
        record(child.stdout.take().expect("a pipe"), &log);
        record(child.stderr.take().expect("a pipe"), &log);
        let address = until("the example says where it listens", async || {
            let log = read(&log);
            if let Some(status) = child.try_wait().expect("a child") {
                panic!("the example ended ({status}): {log}");
            }
            address_in(&log)
        });
        let address = address.await;
        Self { child, address, log }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that it printed so far.
    pub(crate) fn log(&self) -> String {
        read(&self.log)
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.raw_pid().expect("a process that runs"), signal).expect("a child");
    }

    fn raw_pid(&self) -> Option<Pid> {
        self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        crate::in_time("that it stops", self.child.wait()).await.expect("a child")
    }

    /// Kills it on the spot, as a crash does.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("a child");
    }

    /// Its number in the system.
    ///
    /// # Panics
    /// When it has ended.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("a process that runs")
    }
}

impl Drop for Process {
    /// What it has started goes along with it.
    fn drop(&mut self) {
        if let Some(pid) = self.raw_pid() {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Copies what a pipe says into the log, line by line.
fn record(pipe: impl AsyncRead + Send + Unpin + 'static, log: &Arc<Mutex<String>>) {
    let log = Arc::clone(log);
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    });
}

fn read(log: &Mutex<String>) -> String {
    log.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The first address in a text like `listening on http://127.0.0.1:40123`.
fn address_in(log: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once("http://")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':')?;
    rest[..end].parse().ok()
}
