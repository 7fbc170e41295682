//! Starts the measured programs and asks the system what they took. Linux only: it reads `/proc`.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// What a server took for its work.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// User and system time of all its threads, in seconds.
    pub cpu: f64,
    /// Time on the wall, in seconds, as who sends sees it.
    pub wall: f64,
    /// The most memory that it ever held, in MiB.
    pub peak: f64,
    /// What of the time of threads was that of the server behind, if there is one.
    pub cpu_behind: f64,
}

/// Whether nginx can be measured.
pub fn has_nginx() -> bool {
    Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok()
}

/// Runs this program as the load, with these arguments, and tells what it cost the server. The load says that it is
/// ready, waits for a line, works, and prints how long that took.
pub fn measured(server: &Server, load: &[String]) -> Taken {
    let mut load = Command::new(this_program())
        .arg("load")
        .args(load)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the load");
    let mut said = BufReader::new(load.stdout.take().expect("a pipe")).lines();
    assert_eq!(said.next().expect("a line").expect("a line"), "ready");
    let (before, before_behind) = (server.cpu(), server.cpu_behind());
    load.stdin.take().expect("a pipe").write_all(b"go\n").expect("a pipe");
    let wall = said.next().expect("work that succeeds").expect("a line").parse().expect("seconds");
    let (cpu, cpu_behind) = (server.cpu().since(before), server.cpu_behind().since(before_behind));
    let peak = server.peak();
    assert!(load.wait().expect("a child").success());
    Taken { cpu, wall, peak, cpu_behind }
}

fn this_program() -> PathBuf {
    std::env::current_exe().expect("this program")
}

/// This program as the server of that role, for [`Server::start_program`].
pub fn program(role: &str, folder: &Path) -> Command {
    let mut program = Command::new(this_program());
    program.args([role.as_ref(), folder.as_os_str()]).env("FILEKIT_ADDR", "127.0.0.1:0").env("RUST_LOG", "warn");
    program
}

/// A server that runs; it is stopped when dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: String,
    /// The one that this stands in front of: what it takes is part of what this takes.
    behind: Option<Box<Server>>,
}

impl Server {
    /// Starts this program as the server of that role; it prints where it listens.
    pub fn start(role: &str, folder: &Path) -> Self {
        Self::start_program(&mut program(role, folder))
    }

    /// Starts another program, whose first line ends with where it listens, behind a slash.
    pub fn start_program(program: &mut Command) -> Self {
        let mut process = program.stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let address = line.trim().rsplit('/').next().expect("an address").to_owned();
        Self { process, address, behind: None }
    }

    /// Starts nginx for the folder `files` below this one; `http` and `server` are added to its configuration.
    pub fn start_nginx(folder: &Path, http: &str, server: &str) -> Self {
        let port = free_port();
        let file = folder.join("nginx.conf");
        fs::write(&file, nginx_configuration(folder, port, http, server)).expect("a file");
        Self::start_at(Command::new("nginx").arg("-c").arg(&file), format!("127.0.0.1:{port}"))
    }

    /// Starts another program, which listens at that address.
    pub fn start_at(program: &mut Command, address: String) -> Self {
        let mut process = program.spawn().expect("a server");
        while TcpStream::connect(&address).is_err() {
            let ended = process.try_wait().expect("a child");
            assert!(ended.is_none(), "{program:?} does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { process, address, behind: None }
    }

    /// The same server, which stands in front of another one.
    #[must_use]
    pub fn in_front_of(mut self, behind: Self) -> Self {
        self.behind = Some(Box::new(behind));
        self
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The server's process and those that it started, and those of the server behind.
    fn processes(&self) -> Vec<u32> {
        let id = self.process.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let own = [id].into_iter().chain(children.split_whitespace().filter_map(|child| child.parse().ok()));
        own.chain(self.behind.iter().flat_map(|behind| behind.processes())).collect()
    }

    /// The processor time that it takes while something else is done, in seconds.
    pub fn cpu_during(&self, work: impl FnOnce()) -> f64 {
        let taken = self.count_cpu();
        work();
        taken()
    }

    /// Begins to count the processor time that it takes. What this returns tells how much it has taken since, in seconds.
    pub fn count_cpu(&self) -> impl Fn() -> f64 + '_ {
        let before = self.cpu();
        move || self.cpu().since(before)
    }

    fn cpu_behind(&self) -> Cpu {
        self.behind.as_ref().map_or_else(Cpu::default, |behind| behind.cpu())
    }

    fn cpu(&self) -> Cpu {
        let all = self.processes().into_iter().map(Cpu::of);
        all.fold(Cpu::default(), |sum, one| Cpu {
            threads: sum.threads + one.threads,
            process: sum.process + one.process,
        })
    }

    /// The memory that it holds now, in MiB.
    pub fn memory(&self) -> f64 {
        self.processes().into_iter().map(|process| memory(process, "VmRSS:")).sum()
    }

    /// In MiB.
    fn peak(&self) -> f64 {
        self.processes().into_iter().map(|process| memory(process, "VmHWM:")).sum()
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

/// What the system says of the memory of a process, in MiB.
fn memory(process: u32, kind: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix(kind)).expect("a figure");
    line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
}

/// nginx as Debian sets it up.
fn nginx_configuration(folder: &Path, port: u16, http: &str, server: &str) -> String {
    let folder = folder.display();
    format!(
        "user root;
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    {http}
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        {server}
    }}
}}
"
    )
}

/// A port that is free now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
