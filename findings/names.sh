#!/bin/sh
# ureq 3.5.2 writes the name of a file into `filename="..."` as it is. A quote in the name, which Linux and macOS allow, ends the
# value for receivers: multer 3.1.0, which axum's `Multipart` is made of, reads `5` where the file is called `5" disk.img`. No side
# reports an error. A name with an apostrophe in its place arrives whole, and reqwest and curl escape the quote.
#
# Installs into a temporary folder, talks to 127.0.0.1 only. Exits with 0 while the programs behave so.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "sender"
version = "0.0.0"
edition = "2021"

[dependencies]
futures-executor = "0.3"
futures-util = { version = "0.3", default-features = false }
multer = "=3.1.0"
ureq = { version = "=3.5.2", default-features = false, features = ["multipart"] }
TOML
cat >src/main.rs <<'RUST'
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use ureq::unversioned::multipart::{Form, Part};

/// Answers one request with the line that was sent, and with the file name that multer reads in the body.
fn receive(listener: &TcpListener) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut length, mut boundary) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            Some((name, value)) if name.eq_ignore_ascii_case("content-type") => {
                boundary = multer::parse_boundary(value).unwrap();
            }
            Some(_) => {}
            None if line.trim().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let text = String::from_utf8(body.clone()).unwrap();
    let sent = text.lines().find(|line| line.starts_with("Content-Disposition")).unwrap();
    let source = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(body)));
    let mut multipart = multer::Multipart::new(source, boundary);
    let field = futures_executor::block_on(multipart.next_field()).unwrap().unwrap();
    let answer = format!("sent {sent}\nread {:?}\n", field.file_name());
    write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let receiver = std::thread::spawn(move || (0..2).for_each(|_| receive(&listener)));
    let agent = ureq::Agent::new_with_config(ureq::config::Config::builder().proxy(None).build());
    for name in ["5\" disk.img", "5' disk.img"] {
        let form = Form::new().part("photo", Part::bytes(b"content").file_name(name));
        let answer = agent.post(&url).send(form).unwrap().body_mut().read_to_string().unwrap();
        println!("file {name}\n{answer}");
    }
    receiver.join().unwrap();
}
RUST
cargo run --quiet | tee output

grep -q '^sent Content-Disposition: form-data; name="photo"; filename="5" disk.img"$' output
grep -q '^read Some("5")$' output
grep -q "^read Some(\"5' disk.img\")$" output
echo 'ureq 3.5.2 and multer 3.1.0: of a file name with a quote in it the receiver gets what stands before the quote'
