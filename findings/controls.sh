#!/bin/sh
# A control character in the name of a file, which Linux and macOS allow, makes multer 3.1.0, which axum's `Multipart` is made of,
# refuse the form: `failed to read headers`. The parts behind it cannot be read either. Browsers and programs such as ureq 3.5.2
# send such a name as it is, because only line breaks and quotes are escaped (HTML standard, "multipart/form-data encoding
# algorithm"). The same name without the character arrives, and so does one with letters that are not ASCII.
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

/// Answers one request with what multer reads in its body.
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
    let is_raw = body.windows(2).any(|pair| pair == b"a\x1b");
    let source = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(body)));
    let mut multipart = multer::Multipart::new(source, boundary);
    let mut answer = format!("sent as it is: {is_raw}, read:");
    for _ in 0..2 {
        match futures_executor::block_on(multipart.next_field()) {
            Ok(field) => answer += &format!(" {:?}", field.unwrap().file_name()),
            Err(error) => answer += &format!(" error: {error}"),
        }
    }
    write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}", answer.len()).unwrap();
}

fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let receiver = std::thread::spawn(move || (0..2).for_each(|_| receive(&listener)));
    let agent = ureq::Agent::new_with_config(ureq::config::Config::builder().proxy(None).build());
    for name in ["a\u{1b}b.txt", "aéb.txt"] {
        let part = |name| Part::bytes(b"content").file_name(name);
        let form = Form::new().part("first", part(name)).part("second", part("second.txt"));
        let answer = agent.post(&url).send(form).unwrap().body_mut().read_to_string().unwrap();
        println!("{name:?} {answer}");
    }
    receiver.join().unwrap();
}
RUST
cargo run --quiet | tee output

grep -qF '"a\u{1b}b.txt" sent as it is: true, read: error: failed to read headers error:' output
grep -qF '"aéb.txt" sent as it is: false, read: Some("aéb.txt") Some("second.txt")' output
echo 'ureq 3.5.2 and multer 3.1.0: a form with a control character in the name of a file is refused as a whole'
