//! Reads files from a server, as a program of its own, so that its work is not counted as the server's.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// How much is read at once.
const BUFFER: usize = 256 * 1024;

/// What is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) requests: usize,
    pub(crate) connections: usize,
    pub(crate) size: u64,
}

impl Work {
    pub(crate) fn to_arguments(self, address: &str, path: &str) -> Vec<String> {
        let Self { requests, connections, size } = self;
        let numbers = [requests as u64, connections as u64, size].map(|number| number.to_string());
        [address.to_owned(), path.to_owned()].into_iter().chain(numbers).collect()
    }
}

/// Opens the connections, says so, waits for a line, reads everything and prints how long it took, in seconds.
pub(crate) fn run(arguments: &[String]) {
    let [address, path, requests, connections, size] = arguments else { panic!("five arguments") };
    let [requests, connections, size] =
        [requests, connections, size].map(|text| text.parse::<usize>().expect("a number"));
    let path = linked(address, path, size);
    let readers: Vec<TcpStream> = (0..connections).map(|_| connect(address)).collect();
    println!("ready");
    io::stdin().lock().read_line(&mut String::new()).expect("a line");

    let next = AtomicUsize::new(0);
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let start = Instant::now();
    std::thread::scope(|scope| {
        for mut reader in readers {
            let (next, request) = (&next, &request);
            scope.spawn(move || {
                let mut buffer = vec![0; BUFFER];
                while next.fetch_add(1, Ordering::Relaxed) < requests {
                    reader.write_all(request.as_bytes()).expect("a request");
                    read(&mut reader, size, &mut buffer).expect("a file");
                }
            });
        }
    });
    println!("{}", start.elapsed().as_secs_f64());
}

fn connect(address: &str) -> TcpStream {
    let connection = TcpStream::connect(address).expect("a connection");
    connection.set_nodelay(true).expect("a connection");
    connection
}

/// The link to the file of that size on the page, if the path is that of the page.
fn linked(address: &str, path: &str, size: usize) -> String {
    if path != "/" {
        return path.to_owned();
    }
    let mut connection = connect(address);
    write!(connection, "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").expect("a request");
    let mut page = String::new();
    connection.read_to_string(&mut page).expect("a page");
    let name = if size > 1024 { crate::BIG } else { crate::SMALL };
    let links = page.split("href=\"").filter_map(|rest| rest.split('"').next());
    links.into_iter().find(|link| link.contains(name)).expect("a link").to_owned()
}

/// Reads one answer. Its head is looked at no more than is needed: this is to cost little.
fn read(reader: &mut TcpStream, size: usize, buffer: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    let head = loop {
        let count = reader.read(&mut buffer[filled..])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        filled += count;
        if let Some(end) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    assert!(buffer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&buffer[..head]));
    let mut left = size - (filled - head);
    while left > 0 {
        let length = left.min(buffer.len());
        let count = reader.read(&mut buffer[..length])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left -= count;
    }
    Ok(())
}
