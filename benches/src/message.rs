//! Just enough of HTTP to measure with: heads of requests and answers, read from a socket.

use std::io::{self, Read};

/// What stands before a body.
#[derive(Debug)]
pub struct Head {
    text: String,
    /// What came with it of the body.
    pub rest: Vec<u8>,
}

impl Head {
    /// Reads a head; nothing if the connection was closed before it began.
    pub fn read(connection: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let mut piece = [0; 8 * 1024];
        loop {
            let count = connection.read(&mut piece)?;
            if count == 0 && bytes.is_empty() {
                return Ok(None);
            }
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes.extend_from_slice(&piece[..count]);
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = bytes.split_off(end + 4);
                return Ok(Some(Self { text: String::from_utf8_lossy(&bytes).into_owned(), rest }));
            }
        }
    }

    /// The value of the first field of that name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.text.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The value of a field that is a number.
    pub fn number(&self, name: &str) -> Option<u64> {
        self.field(name)?.parse().ok()
    }

    /// The path of a request without its slash.
    pub fn name(&self) -> &str {
        self.text.split(' ').nth(1).unwrap_or_default().trim_start_matches('/')
    }

    /// The status of an answer.
    pub fn status(&self) -> &str {
        self.text.split(' ').nth(1).unwrap_or_default()
    }
}

/// Reads an answer of known length.
pub fn answer(connection: &mut impl Read) -> io::Result<(Head, String)> {
    let mut head = Head::read(connection)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let length = head.number("content-length").expect("an answer of known length") as usize;
    let mut body = std::mem::take(&mut head.rest);
    let read = body.len();
    body.resize(length, 0);
    connection.read_exact(&mut body[read..])?;
    Ok((head, String::from_utf8(body).expect("text")))
}

/// What stands between two texts.
pub fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(behind).map(|(between, _)| between)
}
