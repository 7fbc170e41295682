//! The daemon of ClamAV as a process of a test's own, which knows two harmless files as malware. It can be paused and killed.

use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::{redis::free_port, until};

/// A running clamd on a free port and a Unix socket, with a database, a configuration and a folder of its own; killed when dropped.
#[derive(Debug)]
pub struct ClamAvDaemon {
    process: Child,
    address: SocketAddr,
    folder: TempDir,
}

impl ClamAvDaemon {
    /// What it finds in a file with the content [`KNOWN_BAD`](Self::KNOWN_BAD).
    pub const FOUND: &str = "Filekit.Harmless.UNOFFICIAL";

    /// The content of a file that it knows.
    pub const KNOWN_BAD: &[u8] = b"harmless, and known to the scanner of these tests";

    /// How many bytes it takes of a file.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// Starts a daemon, and waits until it answers.
    ///
    /// # Panics
    /// When there is no `clamd`; `cargo xtask test` brings it.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("filekit-clamav-").tempdir().expect("a temporary folder");
        // The digest is that of `md5sum`. A name that is not from ClamAV's own database gets `.UNOFFICIAL` behind it.
        let database = format!("2b85a6e00ced5793b67047c0ad5f16ca:{}:Filekit.Harmless\n", Self::KNOWN_BAD.len());
        fs::create_dir(folder.path().join("database")).expect("a writable folder");
        fs::write(folder.path().join("database/filekit.hdb"), database).expect("a writable folder");
        let address = free_address();
        let mut daemon = Self { process: spawn(&folder, address), address, folder };
        // A port that is free now may be taken before the daemon has it.
        while !daemon.answers().await {
            daemon.address = free_address();
            daemon.process = spawn(&daemon.folder, daemon.address);
        }
        daemon
    }

    /// Host and port.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The path of its Unix socket.
    pub fn socket(&self) -> String {
        self.folder.path().join("socket").to_str().expect("a path of text").to_owned()
    }

    /// Kills it on the spot, as a crash does.
    pub fn kill(&mut self) {
        self.process.kill().expect("a child");
        self.process.wait().expect("a child");
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    /// When its port is taken meanwhile.
    pub async fn start_again(&mut self) {
        self.process = spawn(&self.folder, self.address);
        assert!(self.answers().await, "its port is taken");
    }

    /// Stops it from doing anything, until it is resumed. The system takes connections for it.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Waits until it answers. False if it has ended, because of its port for example.
    async fn answers(&mut self) -> bool {
        let (address, socket) = (self.address, self.socket());
        until("clamd answers", async || {
            if self.process.try_wait().expect("a child").is_some() {
                return Some(false);
            }
            let by_port = ping(tokio::net::TcpStream::connect(address).await.ok()?).await.ok()?;
            let by_path = ping(tokio::net::UnixStream::connect(&socket).await.ok()?).await.ok()?;
            (by_port == b"PONG\0" && by_path == by_port).then_some(true)
        })
        .await
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, signal).expect("a child");
    }
}

impl Drop for ClamAvDaemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port()))
}

fn spawn(folder: &TempDir, address: SocketAddr) -> Child {
    let path = folder.path().display();
    let configuration = format!(
        "Foreground yes\nDatabaseDirectory {path}/database\nLocalSocket {path}/socket\nFixStaleSocket yes\n\
         TCPAddr {}\nTCPSocket {}\nStreamMaxLength {}\nTemporaryDirectory {path}\nMaxThreads 2\n",
        address.ip(),
        address.port(),
        ClamAvDaemon::MAX_LENGTH,
    );
    let file = folder.path().join("clamd.conf");
    fs::write(&file, configuration).expect("a writable folder");
    Command::new("clamd")
        .arg("--config-file")
        .arg(&file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("clamd: {error}; `cargo xtask test` brings it"))
}

async fn ping(mut connection: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<Vec<u8>> {
    connection.write_all(b"zPING\0").await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    Ok(answer)
}
