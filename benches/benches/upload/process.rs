//! Starts the measured programs and asks the system what they took.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::load::{Way, Work};
use crate::servers::nginx_configuration;

/// A server that can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Bare,
    Axum,
    Nginx,
    Filekit,
    /// The handler lets go of the files.
    FilekitUnsaved,
    /// Files would survive a power cut.
    FilekitDurable,
}

/// What a server took for its work.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// User and system time of all its threads, in seconds.
    pub(crate) cpu: f64,
    /// Time on the wall, in seconds, as who sends sees it.
    pub(crate) wall: f64,
    /// The most memory that it ever held, in MiB.
    pub(crate) peak: f64,
}

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare loop",
            Self::Axum => "axum and multer",
            Self::Nginx => "nginx PUT",
            Self::Filekit => "filekit",
            Self::FilekitUnsaved => "filekit, without saving",
            Self::FilekitDurable => "filekit, durable",
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Axum => "axum",
            Self::Nginx => "nginx",
            Self::Filekit | Self::FilekitUnsaved => "filekit",
            Self::FilekitDurable => "filekit-durable",
        }
    }

    fn way(self) -> Way {
        match self {
            Self::Bare | Self::Nginx => Way::Put,
            Self::Axum => Way::Form,
            Self::Filekit | Self::FilekitDurable => Way::Event(0),
            Self::FilekitUnsaved => Way::Event(1),
        }
    }

    pub(crate) fn is_here(self) -> bool {
        self != Self::Nginx || Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok()
    }

    /// Starts the server on an empty folder, gives it the work, and stops it.
    pub(crate) fn measure(self, work: Work, folder: &TempDir) -> Taken {
        let server = Server::start(self, folder.path());
        let mut load = Command::new(program())
            .arg("load")
            .args(work.to_arguments(&server.address, self.way()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the load");
        let mut said = BufReader::new(load.stdout.take().expect("a pipe")).lines();
        assert_eq!(said.next().expect("a line").expect("a line"), "ready");
        let before = server.cpu();
        load.stdin.take().expect("a pipe").write_all(b"go\n").expect("a pipe");
        let wall = said.next().expect("uploads that succeed").expect("a line").parse().expect("seconds");
        let cpu = server.cpu().since(before);
        let peak = server.peak();
        assert!(load.wait().expect("a child").success());
        drop(server);
        assert!(self == Self::FilekitUnsaved || is_stored(folder.path(), work), "{} kept all files", self.name());
        Taken { cpu, wall, peak }
    }
}

/// Whether there are as many bytes below the folder as were sent.
fn is_stored(folder: &Path, work: Work) -> bool {
    fn bytes(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        entries
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(|entry| match entry.metadata().expect("a file") {
                found if found.is_dir() => bytes(&entry.path()),
                found => found.len(),
            })
            .sum()
    }
    bytes(folder) >= work.size * (work.files * work.requests) as u64
}

fn program() -> PathBuf {
    std::env::current_exe().expect("this program")
}

/// A server that runs; it is stopped when dropped.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(peer: Peer, folder: &Path) -> Self {
        if peer == Peer::Nginx {
            return Self::start_nginx(folder);
        }
        let mut process = Command::new(program())
            .args([peer.role().as_ref(), folder.as_os_str()])
            .env("FILEKIT_ADDR", "127.0.0.1:0")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("a server");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let address = line.trim().rsplit('/').next().expect("an address").to_owned();
        Self { process, address }
    }

    fn start_nginx(folder: &Path) -> Self {
        fs::create_dir(folder.join("files")).expect("a folder");
        let port = free_port();
        let configuration = folder.join("nginx.conf");
        fs::write(&configuration, nginx_configuration(folder, port)).expect("a file");
        let process = Command::new("nginx").arg("-c").arg(&configuration).spawn().expect("nginx");
        let address = format!("127.0.0.1:{port}");
        while TcpStream::connect(&address).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { process, address }
    }

    /// The server's process and those that it started.
    fn processes(&self) -> Vec<u32> {
        let id = self.process.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        [id].into_iter().chain(children.split_whitespace().filter_map(|child| child.parse().ok())).collect()
    }

    fn cpu(&self) -> Cpu {
        let all = self.processes().into_iter().map(Cpu::of);
        all.fold(Cpu::default(), |sum, one| Cpu {
            threads: sum.threads + one.threads,
            process: sum.process + one.process,
        })
    }

    /// In MiB.
    fn peak(&self) -> f64 {
        self.processes().into_iter().map(peak).sum()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let id = Pid::from_child(&self.process);
        kill_process(id, Signal::TERM).expect("a child");
        self.process.wait().expect("a child");
    }
}

/// What a process took so far, on two clocks, in seconds.
#[derive(Clone, Copy, Default)]
struct Cpu {
    /// That of its threads counts nanoseconds, but forgets a thread that has ended.
    threads: f64,
    /// That of the process forgets nothing, but counts ticks, of user and of system time.
    process: f64,
}

/// `USER_HZ`, the same on all usual systems.
const TICKS: f64 = 100.0;

impl Cpu {
    fn of(process: u32) -> Self {
        let threads = fs::read_dir(format!("/proc/{process}/task")).expect("a process");
        let nanoseconds = threads.filter_map(|thread| {
            let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        });
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
        // The name of the program, in parentheses, may hold anything.
        let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().map(|ticks| ticks.parse::<f64>().expect("ticks")).sum();
        Self { threads: nanoseconds.sum::<f64>() / 1e9, process: ticks / TICKS }
    }

    fn since(self, before: Self) -> f64 {
        (self.threads - before.threads).max(self.process - before.process - 2.0 / TICKS)
    }
}

fn peak(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
