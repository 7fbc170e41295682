//! Events that a program is told of: what has happened with which file, and by whom. They are told by `observers.rs`.

use std::fmt;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use crate::clock;

/// Something that has happened with a file, or that was refused.
///
/// A program gets it by `on_event`: for a record of who did what, for figures, or for an alarm.
///
/// # Security
///
/// `name` may be what a stranger wrote: show it as text, and write it to a log by `{:?}`, as [`Display`](fmt::Display) of this type does.
///
/// # Examples
///
/// A line of a record for whatever changes or leaves the store:
///
/// ```
/// use filekit_files::guard::{FileEvent, FileEventKind};
///
/// fn line(event: &FileEvent) -> Option<String> {
///     let is_recorded = matches!(event.kind, FileEventKind::Stored | FileEventKind::Served | FileEventKind::Removed);
///     is_recorded.then(|| format!("{:?} {event}", event.time))
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileEvent {
    /// What has happened.
    pub kind: FileEventKind,
    /// Who has asked for it. Empty for what the program does outside of requests.
    pub who: Who,
    /// The name of the file, if it is about one.
    pub name: Option<String>,
    /// The key of the stored file, if it is about one.
    pub key: Option<String>,
    /// How many bytes have come, are stored, or were sent.
    pub bytes: Option<u64>,
    /// When it had happened.
    pub time: SystemTime,
    /// How long it took, of what takes time.
    pub duration: Option<Duration>,
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileEventKind {
    /// All bytes of a file have come, whatever way they took. It is not stored yet, and may still be refused.
    Sent,
    /// A request was refused, or could not be carried out: an upload, a download, a call, a page.
    Refused {
        /// The code of the refusal, as in the guide's list of errors: `upload.too-large`.
        code: &'static str,
    },
    /// A file is stored for good: the event that saved it has succeeded. A file that is renamed or copied is stored under its new key.
    Stored,
    /// A stored file or a download was sent, or the part of it that was asked for; also where the client broke off. `bytes` counts what
    /// the connection took. There is no count where another server sends the file: a proxy in front, or the store.
    Served,
    /// A stored file was removed, or its key, where it was renamed.
    Removed,
    /// A file has reached its end and was removed by filekit itself.
    Expired,
    /// A file was checked before its event.
    Checked {
        /// What the check says: `clean`, `refused` or `unknown`.
        verdict: &'static str,
    },
    /// An event has failed: its handler with an error or a panic, or what it did could not be kept. The visitor sees a refusal, which is
    /// told as well.
    CallFailed {
        /// The name of the event.
        event: &'static str,
        /// The code that the visitor gets.
        code: &'static str,
    },
}

impl FileEventKind {
    /// The kind in one word, for a column of a table or a label: `call-failed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused { .. } => "refused",
            Self::Stored => "stored",
            Self::Served => "served",
            Self::Removed => "removed",
            Self::Expired => "expired",
            Self::Checked { .. } => "checked",
            Self::CallFailed { .. } => "call-failed",
        }
    }

    /// The code of a refusal or a failure.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Refused { code } | Self::CallFailed { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// Who has asked for something, as far as it is known at that moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Who {
    /// The address of the client. Behind a proxy it is that of the proxy, unless `trusted_proxies` names it.
    pub address: Option<IpAddr>,
    /// The session of the visitor.
    pub session: Option<SessionDigest>,
    /// The key of the state's owner, where an event belongs to another owner than a session.
    pub owner: Option<String>,
}

/// Tells sessions apart, and is worth nothing as a cookie: the beginning of a digest of the session's id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionDigest([u8; 8]);

impl SessionDigest {
    /// Takes the beginning of the digest of a session's id.
    #[must_use]
    pub const fn of_digest(digest: &[u8; 32]) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = *digest;
        Self([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Display for SessionDigest {
    /// As 16 hexadecimal digits, or fewer of them: `{digest:.6}`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{:016x}", u64::from_be_bytes(self.0)))
    }
}

impl fmt::Debug for SessionDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SessionDigest({self})")
    }
}

impl FileEvent {
    /// An event at this moment, with nothing known but its kind and who has caused it.
    pub(crate) fn now(kind: FileEventKind, who: Who) -> Self {
        Self { kind, who, name: None, key: None, bytes: None, time: clock::now(), duration: None }
    }

    /// The same event, about a file of this name.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The same event, about the stored file with this key.
    #[must_use]
    pub fn with_key(self, key: impl Into<String>) -> Self {
        Self { key: Some(key.into()), ..self }
    }

    /// The same event, of so many bytes.
    #[must_use]
    pub fn with_bytes(self, bytes: impl Into<Option<u64>>) -> Self {
        Self { bytes: bytes.into(), ..self }
    }

    /// The same event, which took so long.
    #[must_use]
    pub fn with_duration(self, duration: Duration) -> Self {
        Self { duration: Some(duration), ..self }
    }
}

impl fmt::Display for FileEvent {
    /// What has happened, on one line: `stored "photo.jpg" as photo.7k2mq9xwh3dp.jpg, 1234 bytes, by 203.0.113.7, session 9f86d081884c7d65`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.kind)?;
        if let Some(name) = &self.name {
            write!(formatter, " {name:?}")?;
        }
        if let Some(key) = &self.key {
            write!(formatter, " as {key}")?;
        }
        if let Some(bytes) = self.bytes {
            write!(formatter, ", {bytes} bytes")?;
        }
        match self.who {
            Who { address: None, session: None, owner: None } => Ok(()),
            ref who => write!(formatter, ", by {who}"),
        }
    }
}

impl fmt::Display for FileEventKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())?;
        match self {
            Self::Refused { code } => write!(formatter, " ({code})"),
            Self::Checked { verdict } => write!(formatter, " ({verdict})"),
            Self::CallFailed { event, code } => write!(formatter, " ({event}: {code})"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Who {
    /// What is known, with commas; nothing if nothing is.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.map(|address| address.to_string());
        let session = self.session.map(|session| format!("session {session}"));
        let owner = self.owner.as_ref().map(|owner| format!("owner {owner:?}"));
        let known: Vec<_> = [address, session, owner].into_iter().flatten().collect();
        formatter.write_str(&known.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_line_whatever_its_file_is_called() {
        let who = Who {
            address: Some([203, 0, 113, 7].into()),
            session: Some(SessionDigest::of_digest(&[0x0a; 32])),
            owner: Some("\"ada\"".to_owned()),
        };
        let kind = FileEventKind::Refused { code: "upload.too-large" };
        let event = FileEvent::now(kind, who).with_name("a\nb").with_bytes(7);
        assert_eq!(
            event.to_string(),
            r#"refused (upload.too-large) "a\nb", 7 bytes, by 203.0.113.7, session 0a0a0a0a0a0a0a0a, owner "\"ada\"""#
        );
        let event = FileEvent::now(FileEventKind::Stored, Who::default()).with_name("a").with_key("a.7k2mq9xwh3dp");
        assert_eq!(event.to_string(), r#"stored "a" as a.7k2mq9xwh3dp"#);
    }
}
