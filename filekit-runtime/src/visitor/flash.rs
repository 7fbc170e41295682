//! Messages that wait for the next page, signed for one session. The cookie that holds them is `cookie.rs`.
//!
//! A form that is sent without scripts is answered with a redirect, which cannot say anything. What the event said is
//! shown by the page that follows, once.

use std::time::Duration;

use crate::secret::{Purpose, Secret, read_signed, write_signed};
use crate::visitor::{SessionId, Toast};

/// How long messages wait: the page follows at once, or not at all.
pub(crate) const AGE: Duration = Duration::from_secs(60);

/// The most that is kept, in bytes of JSON: browsers drop cookies over 4096 bytes (RFC 6265, section 6.1), and this is
/// written in base64.
const MAX: usize = 2_600;

/// Writes messages as text for a cookie. What is too long is cut, and what has no room left out.
pub(crate) fn write(toasts: &[Toast], secret: &Secret, session: SessionId) -> String {
    let mut kept: Vec<(&str, String)> = Vec::new();
    for toast in toasts {
        kept.push((toast.kind, toast.text.clone()));
        while json(&kept).len() > MAX && shorten(&mut kept) {}
    }
    let json = json(&kept);
    write_signed(secret, Purpose::Flash, &[session.as_bytes()], &json)
}

/// Reads what [`write`] wrote for this session.
pub(crate) fn read(text: &str, secret: &Secret, session: SessionId) -> Option<Vec<Toast>> {
    let json = read_signed(secret, Purpose::Flash, &[session.as_bytes()], text)?;
    let toasts: Vec<(String, String)> = serde_json::from_slice(&json).ok()?;
    toasts.into_iter().map(|(kind, text)| Toast::of_kind(&kind, text)).collect()
}

fn json(toasts: &[(&str, String)]) -> Vec<u8> {
    // Texts can always be written.
    serde_json::to_vec(toasts).unwrap_or_default()
}

/// Makes the last message shorter, or takes it away when little is left of it.
fn shorten(toasts: &mut Vec<(&str, String)>) -> bool {
    let Some((_, text)) = toasts.last_mut() else { return false };
    let length = text.chars().count();
    if length < 40 {
        toasts.pop();
        return true;
    }
    *text = text.chars().take(length * 3 / 4).chain(['…']).collect();
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_back_in_their_session_and_nowhere_else() {
        let (secret, session) = (Secret::new(b"key"), SessionId::random().unwrap());
        let toasts = [Toast::success("Saved “a”."), Toast::error("Not “b”.")];
        let text = write(&toasts, &secret, session);
        assert_eq!(read(&text, &secret, session).unwrap(), toasts);
        assert_eq!(read(&text, &secret, SessionId::random().unwrap()), None);
        assert_eq!(read(&text, &Secret::new(b"other"), session), None);
        for altered in [&text[1..], &text[..text.len() - 2], ""] {
            assert_eq!(read(altered, &secret, session), None);
        }
    }

    #[test]
    fn a_cookie_never_grows_too_large_for_a_browser() {
        let (secret, session) = (Secret::new(b"key"), SessionId::random().unwrap());
        let long = "\u{1}ü".repeat(5_000);
        let toasts: Vec<Toast> = (0..50).map(|nth| Toast::info(format!("{nth} {long}"))).collect();
        let text = write(&toasts, &secret, session);
        assert!(text.len() < 3_600, "{}", text.len());
        let kept = read(&text, &secret, session).unwrap();
        assert!(!kept.is_empty() && kept[0].text.starts_with("0 ") && kept[0].text.ends_with('…'));
    }
}
