//! The same page in Reflex, which is fetched from PyPI, and a browser's end of its socket: Socket.IO over WebSocket, as far as
//! that is needed here.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use benches::message::Head;
use benches::process::{Server, free_port};

const PACKAGE: &str = "reflex==0.10.1";

const CONFIG: &str = "import reflex as rx\n\nconfig = rx.Config(app_name=\"shelf\", telemetry_enabled=False)\n";

/// Where Socket.IO speaks of what is the program's.
const NAMESPACE: &str = "/_event";

/// The names by which the browser calls events.
const HYDRATE: &str = "reflex___state____state.hydrate";
const ANNOTATE: &str = "reflex___state____state.shelf___shelf____shelf.annotate";

/// The peer with its program, if the system has what it takes.
pub(crate) fn install() -> Option<PathBuf> {
    // Stays where it is: it is 150 MB to fetch.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(PACKAGE);
    let python = folder.join("venv/bin/python");
    let is_installed = || has_succeeded(Command::new(&python).args(["-c", "import reflex"]));
    let installs = || {
        has_succeeded(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))
            && has_succeeded(Command::new(&python).args(["-m", "pip", "install", "-q", PACKAGE]))
    };
    if !is_installed() && !installs() {
        return None;
    }
    fs::create_dir_all(folder.join("shelf")).expect("a writable folder");
    for (name, content) in
        [("rxconfig.py", CONFIG), ("shelf/__init__.py", ""), ("shelf/shelf.py", include_str!("shelf.py"))]
    {
        fs::write(folder.join(name), content).expect("a writable folder");
    }
    Some(folder)
}

fn has_succeeded(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Its server, which sends no files of the frontend.
pub(crate) fn start(folder: &Path) -> Server {
    let port = free_port();
    let mut program = Command::new(folder.join("venv/bin/reflex"));
    program.args(["run", "--env", "prod", "--backend-only", "--backend-host", "127.0.0.1", "--backend-port"]);
    program.arg(port.to_string()).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
    Server::start_at(&mut program, format!("127.0.0.1:{port}"))
}

/// A visitor of the page, whose browser is connected.
pub(crate) struct Visitor(Socket);

impl Visitor {
    /// Connects, as the page does when it is loaded.
    pub(crate) fn open(address: &str) -> Self {
        let mut socket = Socket::open(address).expect("a socket");
        assert!(socket.read().expect("a greeting").starts_with("0{"));
        socket.write(&format!("40{NAMESPACE},{{}}")).expect("a socket");
        assert!(socket.read().expect("a greeting").starts_with("40"));
        let mut visitor = Self(socket);
        visitor.call(HYDRATE, "{}");
        visitor
    }

    /// Says something about the file in the middle, and returns how many bytes are answered.
    pub(crate) fn annotate(&mut self, id: u64, note: &str) -> usize {
        let update = self.call(ANNOTATE, &format!(r#"{{"id":{id},"note":"{note}"}}"#));
        assert!(update.contains(&format!(r#""note":"{note}""#)), "no update: {update}");
        update.len()
    }

    fn call(&mut self, event: &str, payload: &str) -> String {
        let router = r#"{"pathname":"/","query":{},"asPath":"/"}"#;
        let call = format!(r#"["event",{{"name":"{event}","payload":{payload},"router_data":{router}}}]"#);
        self.0.write(&format!("42{NAMESPACE},{call}")).expect("a socket");
        loop {
            let message = self.0.read().expect("an update");
            // The server asks now and then whether its client is there.
            match message.as_str() {
                "2" => self.0.write("3").expect("a socket"),
                _ => return message,
            }
        }
    }
}

/// A WebSocket (RFC 6455) without extensions.
struct Socket(TcpStream);

impl Socket {
    fn open(address: &str) -> io::Result<Self> {
        let mut connection = TcpStream::connect(address)?;
        connection.set_nodelay(true)?;
        write!(
            connection,
            "GET {NAMESPACE}/?EIO=4&transport=websocket&token=00000000-0000-4000-8000-000000000000 HTTP/1.1\r\n\
             host: {address}\r\norigin: http://{address}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )?;
        let head = Head::read(&mut OneByOne(&mut connection))?.ok_or(io::ErrorKind::UnexpectedEof)?;
        assert_eq!(head.status(), "101");
        Ok(Self(connection))
    }

    /// Sends a text.
    fn write(&mut self, text: &str) -> io::Result<()> {
        let mut frame = vec![0x81];
        match u8::try_from(text.len()) {
            Ok(length @ ..126) => frame.push(0x80 | length),
            _ => {
                frame.push(0x80 | 126);
                let length = u16::try_from(text.len()).expect("a short text");
                frame.extend_from_slice(&length.to_be_bytes());
            }
        }
        // A mask of zeros changes nothing.
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(text.as_bytes());
        self.0.write_all(&frame)
    }

    /// Reads a text.
    fn read(&mut self) -> io::Result<String> {
        let [kind, length] = self.bytes()?;
        assert_eq!(kind, 0x81, "a text in one frame");
        let length = match length {
            126 => u64::from(u16::from_be_bytes(self.bytes()?)),
            127 => u64::from_be_bytes(self.bytes()?),
            short => short.into(),
        };
        let mut text = vec![0; usize::try_from(length).expect("a text that fits")];
        self.0.read_exact(&mut text)?;
        Ok(String::from_utf8(text).expect("text"))
    }

    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Reads no further than the end of a head, behind which frames may follow at once.
struct OneByOne<'c>(&'c mut TcpStream);

impl io::Read for OneByOne<'_> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let most = piece.len().min(1);
        self.0.read(&mut piece[..most])
    }
}
