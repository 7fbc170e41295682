//! What listens: a process that holds the connections of all documents, and says when each of them has heard of a change.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// How many documents are opened at a time.
const AT_A_TIME: usize = 64;

/// The process that listens, as the one that measures sees it.
pub(crate) struct Listeners {
    process: Child,
    asked: ChildStdin,
    said: BufReader<ChildStdout>,
}

impl Listeners {
    /// Opens so many documents of a page, each of a visitor of its own.
    pub(crate) fn start(address: &str, page: &str, documents: usize) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut process = Command::new(program)
            .args(["listen", address, page, &documents.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let (asked, said) = (process.stdin.take().expect("a pipe"), process.stdout.take().expect("a pipe"));
        let mut listeners = Self { process, asked, said: BufReader::new(said) };
        assert_eq!(listeners.line(), "open");
        listeners
    }

    /// Has something changed, and returns after how many seconds all have heard of it.
    pub(crate) fn change(&mut self) -> f64 {
        self.asked.write_all(b"change\n").expect("a pipe");
        self.line().parse().expect("seconds")
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.process.kill().expect("a child");
        self.process.wait().expect("a child");
    }
}

/// The process itself: opens the documents, and for each line that it is sent has something changed.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn listen(arguments: &[String]) {
    let [address, page, documents] = arguments else { panic!("an address, a page, a number") };
    let documents: usize = documents.parse().expect("a number");
    let (heard, mut all) = mpsc::unbounded_channel();
    for first in (0..documents).step_by(AT_A_TIME) {
        let some = first..documents.min(first + AT_A_TIME);
        let opened = some.map(|_| tokio::spawn(open(address.clone(), page.clone())));
        for document in futures_util::future::join_all(opened).await {
            tokio::spawn(hear(document.expect("a document").expect("a document that follows"), heard.clone()));
        }
    }
    say("open");
    let lines = io::stdin().lines();
    for _ in lines {
        let begun = Instant::now();
        request(address, "POST /change", "").await.expect("a change");
        for _ in 0..documents {
            all.recv().await.expect("documents that are open");
        }
        say(&begun.elapsed().as_secs_f64().to_string());
    }
}

fn say(words: &str) {
    println!("{words}");
    io::stdout().flush().expect("a pipe");
}

/// A request on a connection of its own, and the answer to it.
async fn request(address: &str, line: &str, fields: &str) -> io::Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    let request = format!("{line} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{fields}\r\n");
    connection.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// Opens a document, and follows it.
async fn open(address: String, page: String) -> io::Result<TcpStream> {
    let answer = request(&address, &format!("GET /{page}"), "").await?;
    let between = |start: &str, end: &str| Some(answer.split_once(start)?.1.split_once(end)?.0.to_owned());
    // The one by hand has neither.
    let cookie = between("set-cookie: ", ";").map(|cookie| format!("cookie: {cookie}\r\n")).unwrap_or_default();
    let instance = between("data-filekit-instance=\"", "\"").unwrap_or_default();
    let page = if instance.is_empty() { page } else { format!("%2F{page}") };
    let mut connection = TcpStream::connect(&address).await?;
    let follow = format!(
        "GET /_filekit/live?page={page}&instance={instance} HTTP/1.1\r\nhost: {address}\r\nsec-fetch-site: same-origin\r\n{cookie}\r\n"
    );
    connection.write_all(follow.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await?);
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    Ok(connection)
}

/// Says each time that a document has heard of a change.
async fn hear(mut connection: TcpStream, heard: mpsc::UnboundedSender<()>) {
    let mut buffer = [0; 4096];
    loop {
        let length = connection.read(&mut buffer).await.expect("a connection");
        assert!(length > 0, "a document is not followed any more");
        // Each event is sent at once; heartbeats and the first line have no data.
        if buffer[..length].windows(5).any(|word| word == b"data:") && heard.send(()).is_err() {
            return;
        }
    }
}
