//! Sends uploads, as a program of its own, so that its work is not counted as a server's.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use benches::message::Head;

/// The id of the upload on the page.
pub(crate) const UPLOAD: &str = "files";

/// Tells the bare loop where a file ends.
pub(crate) const FILE_SIZE: &str = "x-file-size";

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// How much content is made; files are cut from it. It is larger than a processor's near caches, as a file is.
const CONTENT: usize = 1 << 20;

/// How a server wants to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `PUT`, the body is the file, or files of equal size.
    Put,
    /// A form with files.
    Form,
    /// A form with files behind a call of the event with that number on the page.
    Multipart(usize),
    /// As the script of a page sends files to the event with that number: what they are first, and then their bytes; all at once if
    /// they are small.
    Page(usize),
}

/// The most bytes that the script of a page sends at once.
const AT_ONCE: u64 = 1 << 20;

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) requests: usize,
    pub(crate) connections: usize,
    /// Files of one request, and the size of each.
    pub(crate) files: usize,
    pub(crate) size: u64,
}

impl Work {
    pub(crate) fn to_arguments(self, address: &str, way: Way) -> Vec<String> {
        let way = match way {
            Way::Put => "put".to_owned(),
            Way::Form => "form".to_owned(),
            Way::Multipart(number) => format!("multipart-{number}"),
            Way::Page(number) => format!("page-{number}"),
        };
        let Self { requests, connections, files, size } = self;
        let numbers = [requests as u64, connections as u64, files as u64, size];
        [address.to_owned(), way].into_iter().chain(numbers.iter().map(ToString::to_string)).collect()
    }

    fn of_arguments(arguments: &[String]) -> (Self, Way) {
        let way = match arguments[0].as_str() {
            "put" => Way::Put,
            "form" => Way::Form,
            event => {
                let (way, number) = event.split_once('-').expect("a way and the number of an event");
                let number = number.parse().expect("the number of an event");
                if way == "page" { Way::Page(number) } else { Way::Multipart(number) }
            }
        };
        let numbers: Vec<u64> = arguments[1..].iter().map(|text| text.parse().expect("a number")).collect();
        let [requests, connections, files, size] = numbers[..] else { panic!("four numbers") };
        (Self { requests: requests as usize, connections: connections as usize, files: files as usize, size }, way)
    }
}

/// Opens the connections, says so, waits for a line, sends everything and prints how long it took, in seconds.
pub(crate) fn run(arguments: &[String]) {
    let address = arguments[0].clone();
    let (work, way) = Work::of_arguments(&arguments[1..]);
    let content = content();
    let senders: Vec<Sender> = (0..work.connections).map(|_| Sender::open(&address, way)).collect();
    println!("ready");
    io::stdin().lock().read_line(&mut String::new()).expect("a line");
    println!("{}", send_all(senders, &work, &content).as_secs_f64());
}

fn send_all(senders: Vec<Sender>, work: &Work, content: &[u8]) -> Duration {
    let next = AtomicUsize::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for mut sender in senders {
            let next = &next;
            scope.spawn(move || {
                loop {
                    let request = next.fetch_add(1, Ordering::Relaxed);
                    if request >= work.requests {
                        return;
                    }
                    sender.send(request, work, content).expect("an upload");
                }
            });
        }
    });
    start.elapsed()
}

/// Bytes without a pattern, as those of pictures and archives.
fn content() -> Vec<u8> {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut content = Vec::with_capacity(CONTENT);
    while content.len() < CONTENT {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        content.extend_from_slice(&state.to_le_bytes());
    }
    content
}

/// A connection, and what its requests begin with.
struct Sender {
    connection: TcpStream,
    address: String,
    way: Way,
    /// The fields of a visitor, and what calls the event, as JSON.
    visitor: String,
    call: String,
}

/// A request.
struct Message {
    /// Method, path, and fields of its own.
    head: String,
    /// What stands before the first file.
    begin: String,
    /// What stands before each file, and behind it.
    heads: Vec<String>,
    line_end: &'static str,
    /// What stands behind the last file.
    end: String,
}

impl Sender {
    fn open(address: &str, way: Way) -> Self {
        let connection = TcpStream::connect(address).expect("a connection");
        connection.set_nodelay(true).expect("a connection");
        let mut sender =
            Self { connection, address: address.to_owned(), way, visitor: String::new(), call: String::new() };
        if let Way::Multipart(number) | Way::Page(number) = way {
            sender.visit(number).expect("a page");
        }
        sender
    }

    /// Opens the page, and takes from it what a browser would.
    fn visit(&mut self, event: usize) -> io::Result<()> {
        write!(self.connection, "GET / HTTP/1.1\r\nhost: {}\r\n\r\n", self.address)?;
        let (head, page) = self.answer()?;
        let cookie = head.field("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
        self.visitor = format!("cookie: {cookie}\r\norigin: http://{}\r\n", self.address);
        let capability = page.split("data-filekit-on-click=").nth(event + 1).and_then(capability);
        let capability = capability.expect("an event on the page");
        let instance = page.split("data-filekit-instance=\"").nth(1).and_then(|rest| rest.split('"').next());
        let instance = instance.expect("a page of filekit");
        self.call = format!(r#"{{"page":"/","instance":"{instance}","capability":"{capability}","arguments":[null]}}"#);
        Ok(())
    }

    fn send(&mut self, request: usize, work: &Work, content: &[u8]) -> io::Result<()> {
        match self.way {
            Way::Page(_) => self.send_planned(request, work, content),
            _ => self.exchange(&self.form(request, work), work, content).map(drop),
        }
    }

    /// Says what is sent, and sends it then; or both at once.
    fn send_planned(&mut self, request: usize, work: &Work, content: &[u8]) -> io::Result<()> {
        let files = (0..work.files).map(|file| {
            let size = work.size;
            format!(r#"{{"upload":"{UPLOAD}","name":"{request}-{file}.bin","size":{size}}}"#)
        });
        let plan = format!(r#"{{"call":{},"files":[{}]}}"#, self.call, files.collect::<Vec<_>>().join(","));
        let bytes = work.size * work.files as u64;
        let message = |head: &str, begin: String, files: usize| Message {
            head: head.to_owned(),
            begin,
            heads: vec![String::new(); files],
            line_end: "",
            end: String::new(),
        };
        let plan_head =
            "POST /_filekit/upload HTTP/1.1\r\ncontent-type: application/vnd.filekit.plan\r\nupload-complete: ";
        if bytes <= AT_ONCE {
            let message = message(&format!("{plan_head}?1\r\n"), format!("{plan}\n"), work.files);
            return self.exchange(&message, work, content).map(drop);
        }
        let created = self.exchange(&message(&format!("{plan_head}?0\r\n"), plan, 0), work, content)?;
        // Connections end with answers that tell an offset.
        self.connection = TcpStream::connect(&self.address)?;
        self.connection.set_nodelay(true)?;
        let path = created.field("location").expect("a place for the bytes");
        let head = format!(
            "PATCH {path} HTTP/1.1\r\ncontent-type: application/partial-upload\r\nupload-offset: 0\r\nupload-complete: ?1\r\n"
        );
        self.exchange(&message(&head, String::new(), work.files), work, content).map(drop)
    }

    /// A request with the files in its body, or in the parts of a form.
    fn form(&self, request: usize, work: &Work) -> Message {
        let heads = (0..work.files).map(|file| self.part(request, file)).collect();
        if self.way == Way::Put {
            let head = format!("PUT /{request} HTTP/1.1\r\n{FILE_SIZE}: {}\r\n", work.size);
            return Message { head, begin: String::new(), heads, line_end: "", end: String::new() };
        }
        let path = if self.way == Way::Form { "/" } else { "/_filekit/upload" };
        let head = format!("POST {path} HTTP/1.1\r\ncontent-type: multipart/form-data; boundary={BOUNDARY}\r\n");
        let call = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\n{}\r\n", self.call);
        let begin = if self.way == Way::Form { String::new() } else { call };
        Message { head, begin, heads, line_end: "\r\n", end: format!("--{BOUNDARY}--\r\n") }
    }

    /// Sends a request, and returns the head of its answer.
    fn exchange(&mut self, message: &Message, work: &Work, content: &[u8]) -> io::Result<Head> {
        let Message { head, begin, heads, line_end, end } = message;
        let around: usize = heads.iter().map(|head| head.len() + line_end.len()).sum();
        let length = (begin.len() + around + end.len()) as u64 + work.size * heads.len() as u64;
        let mut writer = io::BufWriter::with_capacity(256 * 1024, &mut self.connection);
        write!(writer, "{head}host: {}\r\n{}content-length: {length}\r\n\r\n{begin}", self.address, self.visitor)?;
        for (number, head) in heads.iter().enumerate() {
            writer.write_all(head.as_bytes())?;
            let mut left = work.size as usize;
            // Each file is another part of the content.
            let mut from = number * 10_007 % (CONTENT / 2);
            while left > 0 {
                let piece = left.min(CONTENT - from);
                writer.write_all(&content[from..from + piece])?;
                left -= piece;
                from = 0;
            }
            writer.write_all(line_end.as_bytes())?;
        }
        writer.write_all(end.as_bytes())?;
        writer.flush()?;
        drop(writer);
        let (head, text) = self.answer()?;
        assert!(head.status().starts_with('2'), "{} {text}", head.status());
        Ok(head)
    }

    fn part(&self, request: usize, file: usize) -> String {
        if self.way == Way::Put {
            return String::new();
        }
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{UPLOAD}\"; filename=\"{request}-{file}.bin\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
    }

    fn answer(&mut self) -> io::Result<(Head, String)> {
        let head = Head::read(&mut self.connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let length = head.number("content-length").unwrap_or_default() as usize;
        let mut body = head.rest.clone();
        let begun = body.len();
        body.resize(length, 0);
        self.connection.read_exact(&mut body[begun..])?;
        Ok((head, String::from_utf8_lossy(&body).into_owned()))
    }
}

/// The first capability in an attribute's value.
fn capability(attribute: &str) -> Option<&str> {
    attribute.split(r#""event":""#).nth(1)?.split('"').next()
}
