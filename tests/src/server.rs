//! A real example as a process of its own, for what only a process can show: start, stop, a kill, memory.

use std::{
    ffi::OsStr,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use rustix::process::Signal;
use tokio::process::Command;

use crate::{Fleet, Site, UploadDir, Visitor, built::example, fleet::unused_address, process::Process};

/// A free port of this machine.
const ANY_PORT: ([u8; 4], u16) = ([127, 0, 0, 1], 0);

/// A running example; killed when dropped. Where the test runs [behind a proxy](crate::behind_proxy), it is several servers.
#[derive(Debug)]
pub struct Server {
    processes: Vec<Process>,
    /// Where it listens, or the proxy in front.
    address: SocketAddr,
    /// What starts a server.
    command: Command,
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

    /// The program of `examples/rooms`.
    pub fn rooms() -> Command {
        Command::new(example("rooms"))
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

    /// Starts `examples/states` in the same way.
    pub async fn start_states(files: &UploadDir) -> Self {
        Self::run(Command::new(example("states")), files).await
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

    /// Starts `examples/audit` in the same way.
    pub async fn start_audit(files: &UploadDir) -> Self {
        Self::run(Command::new(example("audit")), files).await
    }

    /// Starts `examples/inbox` in the same way.
    pub async fn start_inbox(files: &UploadDir) -> Self {
        Self::run(Self::inbox(), files).await
    }

    /// Starts `examples/rooms` in the same way.
    pub async fn start_rooms(files: &UploadDir) -> Self {
        Self::run(Self::rooms(), files).await
    }

    /// Runs `examples/rooms/fleet.sh`: two servers behind a proxy, in folders of its own.
    pub async fn start_rooms_script() -> Self {
        let mut command = Command::new("bash");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rooms/fleet.sh")).arg(example("rooms"));
        command.env("PORT", unused_address().port().to_string());
        let process = Process::start(&mut command, ANY_PORT.into()).await;
        Self { address: process.address(), processes: vec![process], command }
    }

    /// Starts `examples/ledger`, whose database is beside the uploads.
    pub async fn start_ledger(files: &UploadDir) -> Self {
        let mut command = Command::new(example("ledger"));
        command.env("LEDGER", files.path().with_file_name("ledger.sqlite"));
        Self::run(command, files).await
    }

    /// Starts `examples/drive` with these variables of the environment.
    pub async fn start_drive(files: &UploadDir, variables: &[(&str, String)]) -> Self {
        let mut command = Command::new(example("drive"));
        command.envs(variables.iter().map(|(name, value)| (name, value)));
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
        Self::start_on_small_disk_with(files, mebibytes, &[]).await
    }

    /// The same with these variables of the environment.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_on_small_disk_with(files: &UploadDir, mebibytes: u32, variables: &[(&str, &str)]) -> Self {
        const MOUNT: &str = "mkdir -p \"$1\" && mount -t tmpfs -o size=\"$2\"m tmpfs \"$1\" && exec \"$0\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", MOUNT]);
        command.arg(example("upload")).arg(files.path()).arg(mebibytes.to_string()).envs(variables.iter().copied());
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
        PathBuf::from(format!("/proc/{}/root", self.processes[0].pid())).join(path)
    }

    /// Starts an example on a free port, as so many servers behind the proxy of a fleet.
    pub async fn start_behind(fleet: &Fleet, example: Command, files: &UploadDir) -> Self {
        Self::run_behind(fleet, example, files, ANY_PORT.into()).await
    }

    /// Starts a program on a free port.
    pub async fn start_program(program: Command, files: &UploadDir) -> Self {
        Self::run(program, files).await
    }

    async fn run(command: Command, files: &UploadDir) -> Self {
        Self::run_at(command, files, ANY_PORT.into()).await
    }

    async fn run_at(mut command: Command, files: &UploadDir, address: SocketAddr) -> Self {
        if let Some(fleet) = Fleet::current() {
            return Self::run_behind(&fleet, command, files, address).await;
        }
        command.envs(files.environment());
        let process = Process::start(&mut command, address).await;
        Self { address: process.address(), processes: vec![process], command }
    }

    /// Where a proxy of the fleet is, the servers start where they were behind it.
    async fn run_behind(fleet: &Fleet, mut command: Command, files: &UploadDir, address: SocketAddr) -> Self {
        command.envs(files.environment()).envs(fleet.state().map(|state| ("FILEKIT_STATE", state)));
        let before = fleet.behind(address);
        let places = before.clone().unwrap_or_else(|| vec![ANY_PORT.into(); fleet.size()]);
        let mut processes = Vec::new();
        for place in places {
            processes.push(Process::start(&mut command, place).await);
        }
        let address = match before {
            Some(_) => address,
            None => fleet.put_in_front(processes.iter().map(Process::address).collect(), &files.path()).await,
        };
        Self { address, processes, command }
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

    /// Everything that it printed so far; of several servers, one after the other.
    pub fn log(&self) -> String {
        self.processes.iter().map(Process::log).collect()
    }

    /// A new visitor, on the start page.
    pub async fn visitor(&self) -> Visitor {
        Visitor::at(self.site(), "/").await
    }

    /// The most memory that it ever held, in bytes, besides its program: that is in files, and in the tests of the workspace built with
    /// the features of all, which it does not use.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.processes[0].pid()));
        let status = status.expect("a system with /proc");
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
            kilobytes.expect("a line").parse::<u64>().expect("a number") * 1024
        };
        bytes("VmHWM:").saturating_sub(bytes("RssFile:"))
    }

    /// Asks it to stop, as Ctrl-C does, and waits until it has. Returns how the last of several servers ended.
    pub async fn stop(self) -> ExitStatus {
        self.signal(Signal::INT);
        self.ended().await
    }

    /// Sends it a signal; of several servers, each.
    pub fn signal(&self, signal: Signal) {
        self.processes.iter().for_each(|process| process.signal(signal));
    }

    /// Waits until it has ended. Returns how the last of several servers did.
    pub async fn ended(mut self) -> ExitStatus {
        let mut status = ExitStatus::default();
        for process in &mut self.processes {
            status = process.ended().await;
        }
        status
    }

    /// Kills it on the spot, as a crash does. A proxy in front stays.
    pub async fn kill(mut self) {
        for process in &mut self.processes {
            process.kill().await;
        }
    }

    /// Where each of the servers is by itself, in the order of their numbers.
    pub fn each_site(&self) -> Vec<Site> {
        self.processes.iter().map(|process| Site::Address(process.address())).collect()
    }

    /// The numbers that the processes have in the system.
    ///
    /// # Panics
    /// When one of them has ended.
    pub fn process_ids(&self) -> Vec<u32> {
        self.processes.iter().map(Process::pid).collect()
    }

    /// Kills one of several servers.
    pub async fn kill_one(&mut self, number: usize) {
        self.processes[number].kill().await;
    }

    /// Asks one of several servers to stop, as service managers do, and waits until it has.
    pub async fn stop_one(&mut self, number: usize) -> ExitStatus {
        self.processes[number].signal(Signal::TERM);
        self.processes[number].ended().await
    }

    /// Starts one of several servers where it was before it ended.
    pub async fn start_one(&mut self, number: usize) {
        let address = self.processes[number].address();
        self.processes[number] = Process::start(&mut self.command, address).await;
    }
}
