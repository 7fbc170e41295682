//! Files are scanned by ClamAV: the one command of its daemon that is needed for that, `INSTREAM` (clamd(8)).
//!
//! ```text
//! zINSTREAM\0, (length as 4 bytes, bytes) .., 0 as 4 bytes  ->  stream: OK\0 | stream: NAME FOUND\0 | .. ERROR\0
//! ```

use std::borrow::Cow;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::error::Result;
use crate::guard::{Check, Verdict};
use crate::upload::UploadFile;

/// As much as is sent with one length. clamd reads as much at a time.
const CHUNK: usize = 64 * 1024;

/// No answer of clamd is longer: a name is at most some hundred bytes.
const MAX_ANSWER: u64 = 4096;

/// So long a connection may take, as clamd is on this machine or near it.
const TO_CONNECT: Duration = Duration::from_secs(5);

/// A check that has files scanned for malware by the daemon of ClamAV (`clamd`).
///
/// Each file is sent over a connection of its own, in constant memory. clamd neither sees the upload directory nor needs a right to
/// read it. A file in which it finds something is refused; the visitor is told so, and the log says under which name.
///
/// Where clamd is not there, dies, breaks off or answers with an error, the verdict is [`Verdict::Unknown`]: the same for a file that is larger
/// than its `StreamMaxLength`.
///
/// # Examples
///
/// ```
/// use filekit_files::guard::ClamAv;
/// use filekit_files::upload::Upload;
///
/// fn papers() -> Upload {
///     Upload::new("papers").max_size(20_000_000).check(ClamAv::connect("127.0.0.1:3310"))
/// }
/// ```
///
/// # Security
///
/// The connection is neither encrypted nor authenticated, and files are on it: let clamd be on this machine, or on a network of your own.
///
/// A scanner finds what it knows. A file that passes is not harmless because of that, least of all one that is encrypted; and clamd takes for clean what it
/// leaves out because of limits of its own (`MaxScanSize`, `MaxFileSize`), unless its configuration says `AlertExceedsMax yes`.
#[derive(Clone, Debug)]
pub struct ClamAv {
    address: Arc<str>,
    words: Arc<str>,
}

impl ClamAv {
    /// A scanner at this address: `127.0.0.1:3310`, `clamav:3310`, or the path of a Unix socket such as `/run/clamav/clamd.ctl`.
    ///
    /// Nothing is connected before a file is to be scanned.
    #[must_use]
    pub fn connect(address: impl Into<Arc<str>>) -> Self {
        Self { address: address.into(), words: "A scanner has found malware in it.".into() }
    }

    /// What visitors are told of a file in which something is found. Default: `A scanner has found malware in it.`
    ///
    /// ```
    /// # use filekit_files::guard::ClamAv;
    /// let scanner = ClamAv::connect("/run/clamav/clamd.ctl").words("Es enthält Schadsoftware.");
    /// ```
    #[must_use]
    pub fn words(self, words: impl Into<Arc<str>>) -> Self {
        Self { words: words.into(), ..self }
    }

    async fn scan(&self, file: &UploadFile) -> Result<Answer> {
        let mut content = file.open().await?;
        if self.address.starts_with('/') {
            return Ok(self.scan_by_path(&mut content).await?);
        }
        let connection = timeout(TO_CONNECT, TcpStream::connect(&*self.address)).await??;
        Ok(scan(connection, &mut content).await?)
    }

    #[cfg(unix)]
    async fn scan_by_path(&self, content: &mut (impl AsyncRead + Unpin)) -> io::Result<Answer> {
        let connection = timeout(TO_CONNECT, tokio::net::UnixStream::connect(&*self.address)).await??;
        scan(connection, content).await
    }

    #[cfg(not(unix))]
    async fn scan_by_path(&self, _: &mut (impl AsyncRead + Unpin)) -> io::Result<Answer> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "there are no Unix sockets on this system"))
    }
}

impl Check for ClamAv {
    async fn check(&self, file: &UploadFile) -> Verdict {
        let (name, address) = (file.client_name(), &*self.address);
        match self.scan(file).await {
            Ok(Answer::Clean) => Verdict::Clean,
            Ok(Answer::Found(found)) => {
                tracing::warn!(file = ?name, ?found, "ClamAV has found something in a file");
                Verdict::Refuse(self.words.to_string())
            }
            Ok(Answer::Error(error)) => {
                tracing::error!(file = ?name, address, ?error, "ClamAV could not scan a file");
                Verdict::Unknown
            }
            Err(error) => {
                tracing::error!(file = ?name, address, error = ?error.to_string(), "ClamAV could not be asked about a file");
                Verdict::Unknown
            }
        }
    }

    fn identity(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.address, self.words))
    }
}

/// What clamd says of a file.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Clean,
    /// The name of what is in it.
    Found(String),
    Error(String),
}

impl Answer {
    /// Reads an answer without the zero at its end.
    fn parse(text: &str) -> Self {
        let said = text.strip_prefix("stream: ").unwrap_or(text);
        match said.strip_suffix(" FOUND") {
            Some(found) => Self::Found(found.to_owned()),
            None if said == "OK" => Self::Clean,
            None => Self::Error(said.to_owned()),
        }
    }

    /// The answer of a clamd that has not seen the whole file.
    fn before_the_end(self) -> io::Result<Self> {
        match self {
            Self::Clean => Err(io::Error::new(io::ErrorKind::InvalidData, "it calls a file clean before its end")),
            other => Ok(other),
        }
    }
}

/// Sends a file, and reads what is said of it.
async fn scan(connection: impl AsyncRead + AsyncWrite, content: &mut (impl AsyncRead + Unpin)) -> io::Result<Answer> {
    let (answer, mut command) = tokio::io::split(connection);
    let mut answer = pin!(read(answer));
    let sent = tokio::select! {
        biased;
        // Of what is too large clamd reads no more.
        early = &mut answer => return early.and_then(Answer::before_the_end),
        sent = send(&mut command, content) => sent,
    };
    match (sent, answer.await) {
        (Ok(()), answer) => answer,
        // Where it breaks off it may have said why.
        (Err(_), Ok(answer)) => answer.before_the_end(),
        (Err(error), Err(_)) => Err(error),
    }
}

/// Reads an answer, behind which clamd ends the connection.
async fn read(answer: impl AsyncRead + Unpin) -> io::Result<Answer> {
    let mut bytes = Vec::new();
    answer.take(MAX_ANSWER).read_to_end(&mut bytes).await?;
    let text = bytes.strip_suffix(&[0]).ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Answer::parse(&String::from_utf8_lossy(text)))
}

async fn send(command: &mut (impl AsyncWrite + Unpin), content: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    command.write_all(b"zINSTREAM\0").await?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = content.read(&mut chunk).await?;
        // At the end the length is none, and is what ends the stream.
        command.write_all(&u32::try_from(length).unwrap_or_default().to_be_bytes()).await?;
        command.write_all(&chunk[..length]).await?;
        if length == 0 {
            return command.flush().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{DuplexStream, duplex};

    use super::*;

    /// A clamd that reads until `heard` is behind it, answers, and ends the connection.
    async fn clamd(mut connection: DuplexStream, heard: &[u8], answer: &[u8]) -> Vec<u8> {
        let mut read = Vec::new();
        while !read.ends_with(heard) {
            let mut chunk = [0; 1024];
            let length = connection.read(&mut chunk).await.unwrap();
            assert_ne!(length, 0, "the file ends before {heard:?}");
            read.extend_from_slice(&chunk[..length]);
        }
        connection.write_all(answer).await.unwrap();
        read
    }

    async fn scanned(content: &[u8], heard: &[u8], answer: &[u8]) -> (io::Result<Answer>, Vec<u8>) {
        let (ours, theirs) = duplex(1024);
        let mut content = content;
        tokio::join!(scan(ours, &mut content), clamd(theirs, heard, answer))
    }

    #[tokio::test]
    async fn a_file_is_sent_in_chunks_with_their_lengths() {
        let content = vec![b'x'; CHUNK + 3];
        let (answer, sent) = scanned(&content, &[0; 4], b"stream: OK\0").await;
        assert_eq!(answer.unwrap(), Answer::Clean);
        let expected = [b"zINSTREAM\0\x00\x01\x00\x00", &content[..CHUNK], b"\0\0\0\x03xxx", &[0; 4]].concat();
        assert!(sent == expected, "other bytes were sent");
        let (answer, sent) = scanned(b"", &[0; 4], b"stream: OK\0").await;
        assert_eq!((answer.unwrap(), &*sent), (Answer::Clean, &b"zINSTREAM\0\0\0\0\0"[..]));
    }

    #[tokio::test]
    async fn what_is_found_has_a_name_and_anything_else_is_no_verdict() {
        let found = Answer::Found("Win.Test.EICAR_HDB-1".to_owned());
        for (said, expected) in [
            ("stream: Win.Test.EICAR_HDB-1 FOUND\0", found),
            ("INSTREAM size limit exceeded. ERROR\0", Answer::Error("INSTREAM size limit exceeded. ERROR".to_owned())),
            ("stream: Can't open file ERROR\0", Answer::Error("Can't open file ERROR".to_owned())),
            ("stream: NOT OK\0", Answer::Error("NOT OK".to_owned())),
            ("\0", Answer::Error(String::new())),
        ] {
            assert_eq!(scanned(b"file", &[0; 4], said.as_bytes()).await.0.unwrap(), expected, "{said}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_says_nothing() {
        for said in ["", "stream: OK", "stream: "] {
            let (answer, _) = scanned(b"file", &[0; 4], said.as_bytes()).await;
            assert_eq!(answer.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{said}");
        }
    }

    #[tokio::test]
    async fn no_file_is_clean_before_its_end() {
        let content = vec![b'x'; 10 * CHUNK];
        let (answer, _) = scanned(&content, b"xxx", b"stream: OK\0").await;
        assert_eq!(answer.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let (answer, _) = scanned(&content, b"xxx", b"INSTREAM size limit exceeded. ERROR\0").await;
        assert!(matches!(answer, Ok(Answer::Error(_))), "{answer:?}");
    }
}
