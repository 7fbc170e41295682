//! A real example as a process of its own, for what only a process can show: start, stop, a kill, memory.

use std::{
    ffi::OsStr,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::{Child, Command},
};

use crate::{Site, UploadDir, Visitor, built::example, until};

/// A running example; killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// Starts `examples/upload` on a free port and waits until it says where it listens.
    pub async fn start(files: &UploadDir) -> Self {
        Self::run(Command::new(example("upload")), files).await
    }

    /// Starts an example anew where it has been before.
    pub async fn start_again(example: Command, files: &UploadDir, address: SocketAddr) -> Self {
        Self::run_at(example, files, address).await
    }

    /// The program of `examples/upload`.
    pub fn upload() -> Command {
        Command::new(example("upload"))
    }

    /// The program of `examples/shelf`.
    pub fn shelf() -> Command {
        Command::new(example("shelf"))
    }

    /// The program of `examples/inbox`.
    pub fn inbox() -> Command {
        Command::new(example("inbox"))
    }

    /// Starts `examples/upload` with these variables of the environment.
    pub async fn start_with(files: &UploadDir, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(example("upload"));
        command.envs(variables.iter().copied());
        Self::run(command, files).await
    }

    /// Starts `examples/claims` in the same way.
    pub async fn start_claims(files: &UploadDir) -> Self {
        Self::run(Command::new(example("claims")), files).await
    }

    /// Starts `examples/downloads` in the same way.
    pub async fn start_downloads(files: &UploadDir) -> Self {
        Self::run(Command::new(example("downloads")), files).await
    }

    /// Starts `examples/shelf` in the same way.
    pub async fn start_shelf(files: &UploadDir) -> Self {
        Self::run(Command::new(example("shelf")), files).await
    }

    /// Starts `examples/sign-in` in the same way.
    pub async fn start_sign_in(files: &UploadDir) -> Self {
        Self::run(Command::new(example("sign-in")), files).await
    }

    /// The program of `examples/unplugged`.
    pub fn unplugged() -> Command {
        Command::new(example("unplugged"))
    }

    /// Starts `examples/unplugged` in the same way.
    pub async fn start_unplugged(files: &UploadDir) -> Self {
        Self::run(Command::new(example("unplugged")), files).await
    }

    /// Starts `examples/inbox` in the same way.
    pub async fn start_inbox(files: &UploadDir) -> Self {
        Self::run(Self::inbox(), files).await
    }

    /// Starts `examples/rooms` in the same way.
    pub async fn start_rooms(files: &UploadDir) -> Self {
        Self::run(Command::new(example("rooms")), files).await
    }

    /// Starts `examples/ledger`, whose database is beside the uploads.
    pub async fn start_ledger(files: &UploadDir) -> Self {
        let mut command = Command::new(example("ledger"));
        command.env("LEDGER", files.path().with_file_name("ledger.sqlite"));
        Self::run(command, files).await
    }

    /// Starts `examples/unplugged` anew where it has been before.
    pub async fn start_unplugged_again(files: &UploadDir, address: SocketAddr) -> Self {
        Self::run_at(Command::new(example("unplugged")), files, address).await
    }

    /// Starts `examples/upload` with a disk of its own for the uploads, of so many MiB: a file system in memory that only
    /// this process sees.
    ///
    /// # Panics
    /// When the system lets nobody mount one: it takes a kernel with user namespaces, and `unshare`.
    pub async fn start_on_small_disk(files: &UploadDir, mebibytes: u32) -> Self {
        const MOUNT: &str = "mkdir -p \"$1\" && mount -t tmpfs -o size=\"$2\"m tmpfs \"$1\" && exec \"$0\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT]);
        command.arg(example("upload")).arg(files.path()).arg(mebibytes.to_string());
        Self::run(command, files).await
    }

    /// Starts `examples/upload` with these variables of the environment, and returns what it says when it ends at once.
    ///
    /// # Panics
    /// When it does not end, or ends well.
    pub async fn refusing_to_start(files: &UploadDir, variables: &[(&str, impl AsRef<OsStr>)]) -> String {
        let mut command = Command::new(example("upload"));
        command.env("FILEKIT_ADDR", "127.0.0.1:0").env("FILEKIT_UPLOADED_FILES_DIR", files.path()).env("NO_COLOR", "1");
        command.envs(variables.iter().map(|(name, value)| (name, value))).stdin(Stdio::null()).kill_on_drop(true);
        let output = crate::in_time("that it ends", command.output()).await.expect("the example starts");
        assert!(!output.status.success(), "it ended well");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Where the process sees that path, also if it has mounted something there.
    pub fn seen(&self, path: &Path) -> PathBuf {
        let path = path.strip_prefix("/").expect("an absolute path");
        PathBuf::from(format!("/proc/{}/root", self.pid())).join(path)
    }

    async fn run(command: Command, files: &UploadDir) -> Self {
        Self::run_at(command, files, SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    async fn run_at(mut command: Command, files: &UploadDir, address: SocketAddr) -> Self {
        let mut process = command
            .env("FILEKIT_ADDR", address.to_string())
            .env("FILEKIT_UPLOADED_FILES_DIR", files.path())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the example starts");
        let log = Arc::default();
        record(process.stdout.take().expect("a pipe"), &log);
        record(process.stderr.take().expect("a pipe"), &log);
        let address = until("the example says where it listens", async || {
            let log = read(&log);
            if let Some(status) = process.try_wait().expect("a child") {
                panic!("the example ended ({status}): {log}");
            }
            address_in(&log)
        });
        let address = address.await;
        Self { process, address, log }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// It as a site to visit.
    pub fn site(&self) -> Site {
        Site::Address(self.address)
    }

    /// Everything that it printed so far.
    pub fn log(&self) -> String {
        read(&self.log)
    }

    /// A new visitor, on the start page.
    pub async fn visitor(&self) -> Visitor {
        Visitor::at(self.site(), "/").await
    }

    /// The most memory that it ever held, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("a system with /proc");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kilobytes.expect("a VmHWM line").parse::<u64>().expect("a number") * 1024
    }

    /// Asks it to stop, as Ctrl-C does, and waits until it has.
    pub async fn stop(mut self) -> ExitStatus {
        self.signal(Signal::INT);
        crate::in_time("that it stops", self.process.wait()).await.expect("a child")
    }

    /// Kills it on the spot, as a crash does.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("a child");
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, signal).expect("a child");
    }

    fn pid(&self) -> u32 {
        self.process.id().expect("a process that runs")
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
