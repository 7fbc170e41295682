//! Fetches one download from a server, as a program of its own, so that its work is not counted as the server's.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use benches::message::Head;

/// How much is read at once.
const BUFFER: usize = 256 * 1024;

/// Opens the connection, says so, waits for a line, fetches and prints how long it took, in seconds: until the first byte
/// came if `until` is `first`, else until the last.
pub(crate) fn run(arguments: &[String]) {
    let [address, path, least, until] = arguments else { panic!("four arguments") };
    let least: u64 = least.parse().expect("a number");
    let request = linked(address, path).unwrap_or_else(|| request(address, path, ""));
    let mut connection = TcpStream::connect(address).expect("a connection");
    println!("ready");
    io::stdin().lock().read_line(&mut String::new()).expect("a line");

    let start = Instant::now();
    connection.write_all(request.as_bytes()).expect("a request");
    let head = Head::read(&mut connection).expect("an answer").expect("an answer");
    assert_eq!(head.status(), "200");
    let mut buffer = vec![0; BUFFER];
    let mut count = head.rest.len() as u64;
    if count == 0 {
        count = connection.read(&mut buffer).expect("a body") as u64;
    }
    if until == "first" {
        println!("{}", start.elapsed().as_secs_f64());
        return;
    }
    loop {
        match connection.read(&mut buffer).expect("a body") {
            0 => break,
            more => count += more as u64,
        }
    }
    assert!(count >= least, "{count} bytes");
    println!("{}", start.elapsed().as_secs_f64());
}

/// Asks for the download that the page at `path` links to, if there is such a page.
fn linked(address: &str, path: &str) -> Option<String> {
    let page = path.strip_prefix("page:")?;
    let mut connection = TcpStream::connect(address).expect("a connection");
    connection.write_all(request(address, page, "").as_bytes()).expect("a request");
    let mut head = Head::read(&mut connection).expect("a page").expect("a page");
    connection.read_to_end(&mut head.rest).expect("a page");
    let html = String::from_utf8_lossy(&head.rest).into_owned();
    let mut links = html.split("href=\"").filter_map(|rest| rest.split('"').next());
    let link = links.find(|link| link.contains("/_filekit/download?")).expect("a link").replace("&amp;", "&");
    let cookie = head.field("set-cookie").and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
    Some(request(address, &link, &format!("cookie: {cookie}\r\n")))
}

fn request(address: &str, path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{fields}\r\n")
}
