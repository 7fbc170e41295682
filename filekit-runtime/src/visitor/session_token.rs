//! The signed, expiring text of a session. The cookie that carries it is `cookie.rs`.

use std::time::{Duration, SystemTime};

use crate::clock;
use crate::secret::{Purpose, Secret, read_signed, write_signed};
use crate::visitor::SessionId;

/// A session, and when its visitor was last told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SessionToken {
    pub(crate) session: SessionId,
    /// In seconds since 1970: enough for a century.
    at: u32,
}

impl SessionToken {
    /// Tells the visitor of `session` now.
    pub(crate) fn now(session: SessionId) -> Self {
        Self { session, at: seconds() }
    }

    /// The token with the time of now, unless it is young: answers at the same time carry the same text.
    pub(crate) fn renewed(self, ttl: Duration) -> Self {
        let is_young = u64::from(seconds().saturating_sub(self.at)) < ttl.as_secs() / 16;
        if is_young { self } else { Self::now(self.session) }
    }

    /// Reads the text of a cookie. It is nothing if this server, or one with its secret, has not written it, or too long ago.
    pub(crate) fn read(text: &str, secret: &Secret, ttl: Duration) -> Option<Self> {
        let told = read_signed(secret, Purpose::Session, &[], text)?;
        let (session, at) = told.split_first_chunk()?;
        let issued = Self { session: SessionId(*session), at: u32::from_be_bytes(at.try_into().ok()?) };
        // The clocks of several servers may differ a little.
        (u64::from(seconds().saturating_sub(issued.at)) < ttl.as_secs().max(1)).then_some(issued)
    }

    pub(crate) fn write(self, secret: &Secret) -> String {
        let told = [self.session.as_bytes(), &self.at.to_be_bytes()].concat();
        write_signed(secret, Purpose::Session, &[], &told)
    }
}

fn seconds() -> u32 {
    let now = clock::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u32::try_from(now.as_secs()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn a_session_survives_its_text_and_nothing_else_is_one() {
        let secret = Secret::new(b"key");
        let issued = SessionToken::now(SessionId::random().unwrap());
        let text = issued.write(&secret);
        assert_eq!(SessionToken::read(&text, &secret, DAY), Some(issued));
        assert_eq!(SessionToken::read(&text, &Secret::new(b"other"), DAY), None);
        for at in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(SessionToken::read(&String::from_utf8(altered).unwrap(), &secret, DAY), None, "{at}");
            assert_eq!(SessionToken::read(&text[..at], &secret, DAY), None, "{at}");
        }
        for text in [String::new(), "!!!".to_owned(), URL_SAFE_NO_PAD.encode([1; 16]), URL_SAFE_NO_PAD.encode([1; 36])]
        {
            assert_eq!(SessionToken::read(&text, &secret, DAY), None, "{text}");
        }
    }

    #[test]
    fn a_session_that_was_not_used_for_too_long_is_none() {
        let secret = Secret::new(b"key");
        let issued = SessionToken { at: seconds() - 100, session: SessionId::random().unwrap() };
        let text = issued.write(&secret);
        assert_eq!(SessionToken::read(&text, &secret, Duration::from_secs(90)), None);
        assert!(SessionToken::read(&text, &secret, Duration::from_secs(200)).is_some());
        assert_eq!(issued.renewed(Duration::from_secs(16 * 200)), issued);
        assert_ne!(issued.renewed(Duration::from_secs(16 * 50)), issued);
    }
}
