//! Redis and Valkey as processes of a test's own, which can be paused, killed and started again.

use std::{
    env,
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::until;

/// Which program speaks Redis' protocol.
#[derive(Clone, Copy, Debug)]
pub enum RedisProgram {
    /// Redis, of the system.
    Redis,
    /// Valkey, which `cargo xtask test` puts below the target directory.
    Valkey,
}

/// A running server on a free port, with a folder of its own; killed when dropped.
#[derive(Debug)]
pub struct RedisServer {
    program: RedisProgram,
    process: Child,
    port: u16,
    folder: TempDir,
    settings: Vec<String>,
}

impl RedisServer {
    /// Starts a server that keeps nothing on the disk.
    pub async fn start(program: RedisProgram) -> Self {
        Self::start_with(program, &["--save", "", "--appendonly", "no"]).await
    }

    /// Starts a server with these arguments.
    pub async fn start_with(program: RedisProgram, settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("filekit-redis-").tempdir().expect("a temporary folder");
        let settings: Vec<String> = settings.iter().map(|setting| (*setting).to_owned()).collect();
        // A port that is free now may be taken before the server has it.
        let port = free_port();
        let process = spawn(program, port, &folder, &settings);
        let mut server = Self { program, process, port, folder, settings };
        while !server.answers().await {
            server.port = free_port();
            server.process = spawn(program, server.port, &server.folder, &server.settings);
        }
        server
    }

    /// The URL that it has.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Kills it on the spot, as a crash does. From then on its port refuses connections.
    pub fn kill(&mut self) {
        self.process.kill().expect("a child");
        self.process.wait().expect("a child");
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    /// When its port is taken meanwhile.
    pub async fn start_again(&mut self) {
        self.process = spawn(self.program, self.port, &self.folder, &self.settings);
        assert!(self.answers().await, "its port is taken");
    }

    /// Stops it from doing anything, until it is resumed. Its connections stay.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Sends a command, and returns what is answered.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn ask(&self, command: &[&str]) -> String {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.expect("a connection");
        converse(stream, command).await.expect("an answer")
    }

    /// Waits until it answers. False if it has ended, because of its port for example.
    async fn answers(&mut self) -> bool {
        until("Redis answers", async || {
            if self.process.try_wait().expect("a child").is_some() {
                return Some(false);
            }
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.ok()?;
            let answer = tokio::time::timeout(Duration::from_secs(1), converse(stream, &["PING"])).await.ok()?;
            let answer = answer.ok()?;
            ["PONG", "NOAUTH"].iter().any(|word| answer.contains(word)).then_some(true)
        })
        .await
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, signal).expect("a child");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn spawn(program: RedisProgram, port: u16, folder: &TempDir, settings: &[String]) -> Child {
    let path = match program {
        RedisProgram::Redis => PathBuf::from("redis-server"),
        RedisProgram::Valkey => target().join("tools/valkey/valkey-server"),
    };
    Command::new(&path)
        .current_dir(folder.path())
        .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--enable-debug-command", "local"])
        .args(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` brings it", path.display()))
}

/// The target directory.
fn target() -> PathBuf {
    let executable = env::current_exe().expect("the tests themselves");
    // target/debug/deps/it
    executable.ancestors().nth(3).expect("a target directory").to_owned()
}

/// Writes one command, and reads until there is an answer.
async fn converse(mut stream: tokio::net::TcpStream, command: &[&str]) -> std::io::Result<String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let mut request = format!("*{}\r\n", command.len());
    for word in command {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(request.as_bytes()).await?;
    let mut answer = vec![0; 64 << 10];
    let length = stream.read(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}
