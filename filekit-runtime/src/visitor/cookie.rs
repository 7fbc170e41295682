//! The cookies of a session: the one that carries it, and the one of messages for its next page (`flash.rs`).

use std::time::Duration;

use http::header::{COOKIE, HeaderMap, HeaderValue};

use crate::secret::Secret;
use crate::visitor::{SessionId, SessionToken, Toast, flash};

/// How many cookies of one name are looked at.
const MOST: usize = 8;

/// The cookie of sessions, as it is for one request.
///
/// Over https its name begins with `__Host-`, so that no subdomain and no plain http page can set it (RFC 6265bis,
/// "The `__Host-` Prefix").
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    /// The cookie for a request that came over https, or did not.
    pub(crate) fn new(is_https: bool) -> Self {
        Self { secure: is_https }
    }

    /// Browsers send a cookie to all ports of a host, so the name tells programs with different secrets apart.
    fn name(self, tag: u32) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}filekit_session_{tag:08x}")
    }

    /// The sessions that a request brings, each once. A page of a neighbouring site, or of this one over plain http, may have set
    /// a cookie too.
    pub(crate) fn read(self, headers: &HeaderMap, secret: &Secret, ttl: Duration) -> Vec<SessionToken> {
        let mut found: Vec<SessionToken> = Vec::new();
        for name in secret.tags().map(|tag| self.name(tag)) {
            for issued in values(headers, &name).take(MOST).filter_map(|text| SessionToken::read(text, secret, ttl)) {
                if !found.iter().any(|known| known.session == issued.session) {
                    found.push(issued);
                }
            }
        }
        found
    }

    pub(crate) fn write(self, issued: SessionToken, secret: &Secret, age: Duration) -> HeaderValue {
        let tag = secret.tags().next().unwrap_or_default();
        self.cookie(&self.name(tag), &issued.write(secret), age)
    }

    fn flash_name(self) -> &'static str {
        if self.secure { "__Host-filekit_flash" } else { "filekit_flash" }
    }

    pub(crate) fn read_flash(self, headers: &HeaderMap, secret: &Secret, session: SessionId) -> Option<Vec<Toast>> {
        values(headers, self.flash_name()).find_map(|value| flash::read(value, secret, session))
    }

    pub(crate) fn write_flash(self, toasts: &[Toast], secret: &Secret, session: SessionId) -> HeaderValue {
        self.cookie(self.flash_name(), &flash::write(toasts, secret, session), flash::AGE)
    }

    pub(crate) fn end_flash(self) -> HeaderValue {
        self.cookie(self.flash_name(), "", Duration::ZERO)
    }

    fn cookie(self, name: &str, value: &str, age: Duration) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = age.as_secs();
        let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).unwrap_or_else(|_| unreachable!("a cookie of ours is ASCII"))
    }
}

/// The values of all cookies of that name: a page of a neighbouring site may have set one too.
fn values<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let headers = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = headers.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(key, _)| *key == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn sessions_are_found_among_other_cookies_each_once() {
        let secret = Secret::new(b"key");
        let [one, other] = [(); 2].map(|()| SessionToken::now(SessionId::random().unwrap()));
        let (first, second) = (one.write(&secret), other.write(&secret));
        let name = SessionCookie::new(false).name(secret.tags().next().unwrap());
        let text = format!("a=b; {name}={first}; {name}=broken; {name}={first}");
        let headers = headers(&[("cookie", "x=y"), ("cookie", &text), ("cookie", &format!("{name}={second}"))]);
        assert_eq!(SessionCookie::new(false).read(&headers, &secret, DAY), [one, other]);
        assert_eq!(SessionCookie::new(true).read(&headers, &secret, DAY), []);
    }

    #[test]
    fn programs_with_other_secrets_keep_cookies_of_their_own() {
        let [one, other] = [Secret::new(b"one"), Secret::new(b"other")];
        let name = |secret: &Secret| SessionCookie::new(false).name(secret.tags().next().unwrap());
        assert_ne!(name(&one), name(&other));
        let issued = SessionToken::now(SessionId::random().unwrap());
        let headers = headers(&[("cookie", &format!("{}={}", name(&one), issued.write(&one)))]);
        let rotated = Secret::new(b"new").succeeding(&one);
        assert_eq!(SessionCookie::new(false).read(&headers, &rotated, DAY), [issued], "a rotation ends no session");
        assert_eq!(SessionCookie::new(false).read(&headers, &other, DAY), []);
    }

    #[test]
    fn over_https_the_cookie_is_bound_to_the_host() {
        let issued = SessionToken::now(SessionId::random().unwrap());
        let cookie = SessionCookie::new(true).write(issued, &Secret::new(b"key"), Duration::from_secs(60));
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.starts_with("__Host-filekit_session_"), "{cookie}");
        assert!(cookie.ends_with("; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    }
}
