//! nginx, haproxy and lighttpd as processes of a test's own, configured as the guide says, with the test's addresses in place of the guide's.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

use filekit::serving::ServeByProxy;
use tempfile::TempDir;

use crate::until;

/// Which program it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// nginx, of the system.
    Nginx,
    /// HAProxy, of the system.
    Haproxy,
    /// nginx, which sends the stored files of one server.
    NginxSending,
    /// lighttpd, of the system, which does the same.
    LighttpdSending,
}

/// The chapter with the configurations in front of several servers.
const SEVERAL_SERVERS: &str = include_str!("../../../filekit/docs/several-servers.md");

/// The chapter with the configurations of proxies that send files.
const SERVING: &str = include_str!("../../../filekit/docs/serving.md");

/// The server, its port where that stands alone, and the directory there.
const ONE: &str = "127.0.0.1:3000";
const ONE_PORT: &str = "\"port\" => 3000";
const UPLOADS: &str = "/srv/uploads";

/// The servers of the guide: one line has the first, and the next one has the second.
const FIRST: &str = "127.0.0.1:3001";
const SECOND: &str = "127.0.0.1:3002";

/// The name that the first has there, if servers have names.
const NAME: &str = "filekit1";

/// Ports that the system gives to no program that asks for any port.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// A running proxy; killed when dropped.
#[derive(Debug)]
pub(super) struct ProxyServer {
    process: Child,
    address: SocketAddr,
    servers: Vec<SocketAddr>,
    folder: TempDir,
}

impl ProxyServer {
    /// Starts a proxy in front of servers, and waits until it takes connections.
    pub(super) async fn start(proxy: Proxy, servers: Vec<SocketAddr>, uploads: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("filekit-proxy-").tempdir().expect("a temporary folder");
        let address = unused_address();
        let configuration = proxy.configuration(address, &servers, uploads, folder.path());
        fs::write(folder.path().join("configuration"), configuration).expect("a file in a new folder");
        let process = proxy.spawn(folder.path());
        let mut server = Self { process, address, servers, folder };
        server.take_connections().await;
        server
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn servers(&self) -> &[SocketAddr] {
        &self.servers
    }

    async fn take_connections(&mut self) {
        until("the proxy takes connections", async || {
            if let Some(status) = self.process.try_wait().expect("a child") {
                panic!("the proxy ended ({status}): {}", self.log());
            }
            tokio::net::TcpStream::connect(self.address).await.ok().map(drop)
        })
        .await;
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for ProxyServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Proxy {
    /// How a server lets it send files, if it does.
    pub(super) fn sending(self) -> Option<ServeByProxy> {
        match self {
            Self::Nginx | Self::Haproxy => None,
            Self::NginxSending => Some(ServeByProxy::XAccelRedirect("/internal/".to_owned())),
            Self::LighttpdSending => Some(ServeByProxy::XSendfile),
        }
    }

    /// What the guide says.
    fn recommended(self) -> &'static str {
        let (guide, fence) = match self {
            Self::Nginx => (SEVERAL_SERVERS, "```nginx\n"),
            Self::Haproxy => (SEVERAL_SERVERS, "```haproxy\n"),
            Self::NginxSending => (SERVING, "```nginx\n"),
            Self::LighttpdSending => (SERVING, "```lighttpd\n"),
        };
        let (_, rest) = guide.split_once(fence).expect("a configuration in the guide");
        rest.split_once("```").expect("its end").0
    }

    /// The guide's configuration for these servers, as a whole file.
    fn configuration(self, address: SocketAddr, servers: &[SocketAddr], uploads: &Path, folder: &Path) -> String {
        match self {
            Self::Nginx => of_nginx(&self.for_several(("listen 80;", format!("listen {address};")), servers), folder),
            Self::Haproxy => self.for_several(("bind :80\n", format!("bind {address}\n")), servers),
            Self::NginxSending => {
                let listens = ("listen 80;", format!("listen {address};"));
                of_nginx(&self.for_one(listens, (ONE, servers[0].to_string()), uploads), folder)
            }
            Self::LighttpdSending => {
                let listens = ("server.port = 80\n", format!("server.port = {}\n", address.port()));
                let server = (ONE_PORT, format!("\"port\" => {}", servers[0].port()));
                of_lighttpd(&self.for_one(listens, server, uploads), folder)
            }
        }
    }

    /// The guide's configuration in front of one server.
    fn for_one(self, listens: (&str, String), server: (&str, String), uploads: &Path) -> String {
        let replaced = [listens, server, (UPLOADS, uploads.display().to_string())];
        replaced.into_iter().fold(self.recommended().to_owned(), |text, (guide, test)| {
            assert!(text.contains(guide), "no {guide:?} in {text}");
            text.replace(guide, &test)
        })
    }

    /// The guide's configuration in front of several servers.
    fn for_several(self, listens: (&str, String), servers: &[SocketAddr]) -> String {
        let recommended = self.recommended();
        assert!([FIRST, SECOND, listens.0].iter().all(|part| recommended.contains(part)), "no {listens:?}");
        let mut written = String::new();
        for line in recommended.lines().filter(|line| !line.contains(SECOND)) {
            let times = if line.contains(FIRST) { servers } else { &servers[..1] };
            for (nth, server) in times.iter().enumerate() {
                let name = format!("filekit{}", nth + 1);
                written.push_str(&line.replace(FIRST, &server.to_string()).replace(NAME, &name));
                written.push('\n');
            }
        }
        // Last, because a port may begin as those of the servers do.
        written.replace(listens.0, &listens.1)
    }

    fn spawn(self, folder: &Path) -> Child {
        let configuration = folder.join("configuration");
        let log = fs::File::create(folder.join("log")).expect("a file in a new folder");
        let mut command = match self {
            Self::Nginx | Self::NginxSending => Command::new("nginx"),
            Self::Haproxy => Command::new("haproxy"),
            Self::LighttpdSending => Command::new("lighttpd"),
        };
        match self {
            Self::Nginx | Self::NginxSending => {
                command.arg("-c").arg(configuration).arg("-p").arg(folder).args(["-e", "stderr"])
            }
            Self::Haproxy => command.arg("-db").arg("-f").arg(configuration),
            Self::LighttpdSending => command.arg("-D").arg("-f").arg(configuration),
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.spawn().unwrap_or_else(|error| panic!("{self:?}: {error}; `cargo xtask test` brings it"))
    }
}

/// A whole configuration of nginx: of one process, which writes below this folder only.
fn of_nginx(servers: &str, folder: &Path) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("{what}_temp_path {folder}/{what};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr warn;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}{servers}}}\n"
    )
}

/// A whole configuration of lighttpd, which writes below this folder only.
fn of_lighttpd(server: &str, folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "server.document-root = \"{folder}\"\nserver.bind = \"127.0.0.1\"\nserver.upload-dirs = (\"{folder}\")\n\
         server.errorlog = \"/dev/stderr\"\n{server}"
    )
}

/// An address of this machine where nothing listens.
pub(crate) fn unused_address() -> SocketAddr {
    let addresses = std::iter::repeat_with(|| SocketAddr::from(([127, 0, 0, 1], fastrand::u16(PORTS))));
    let mut unused = addresses.take(1_000).filter(|address| TcpListener::bind(address).is_ok());
    unused.next().expect("an unused port")
}
