//! URLs of stored files.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::clock;
use crate::secret::{Label, MAC_LENGTH, Secret, Signer};

type Mac = [u8; MAC_LENGTH];

/// What stays as it is in a path: the unreserved characters of RFC 3986, and what divides the folders of a key.
pub(crate) const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// What URLs of stored files are signed as.
const LABEL: Label = Label::new("upload url");

/// Makes and checks the URLs of stored files.
#[derive(Clone, Debug)]
pub struct UrlSigner {
    /// Tells its signatures from those of other signers of the process.
    id: u64,
    secret: Secret,
    signer: Signer,
    /// Files are served without a signature.
    public: bool,
    /// How long a URL is good for, at least, in seconds; for ever if there is none.
    lasting: Option<u64>,
}

/// The signature of one file's URL, once it was asked for: each page that shows the file asks again.
#[derive(Debug, Default)]
pub struct KnownSignature(OnceLock<(u64, Mac)>);

impl UrlSigner {
    /// What stands before the key in a URL, behind the path that a program is mounted at.
    pub const PATH: &str = "/_upload/";

    /// Signs with this secret, unless files are public.
    #[must_use]
    pub fn new(secret: Secret, public: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { id, signer: secret.signer(LABEL, &[]), secret, public, lasting: None }
    }

    /// Lets the URLs end after this time, rounded up to whole seconds, or after up to twice as long.
    #[must_use]
    pub fn lasting(self, time: Option<Duration>) -> Self {
        let seconds = |time: Duration| time.as_secs() + u64::from(time.subsec_nanos() > 0);
        Self { lasting: time.map(|time| seconds(time).max(1)), ..self }
    }

    /// The URL of the file `key`, for a filekit that is mounted at `base`.
    #[must_use]
    pub fn url(&self, base: &str, key: &str) -> String {
        self.url_of_known(base, key, &KnownSignature::default())
    }

    /// The same, of a file whose signature may be known by now.
    #[must_use]
    pub fn url_of_known(&self, base: &str, key: &str, known: &KnownSignature) -> String {
        match self.lasting {
            Some(lasting) if !self.public => self.url_until(base, key, end(now(), lasting)),
            _ => self.endless_url(base, key, known),
        }
    }

    /// The URL of something that is not there: what was not signed is never found.
    #[must_use]
    pub fn unsigned(base: &str, key: &str) -> String {
        let mut url = String::with_capacity(base.len() + Self::PATH.len() + key.len() + 80);
        url.push_str(base);
        url.push_str(Self::PATH);
        url.extend(utf8_percent_encode(key, PATH));
        url
    }

    fn endless_url(&self, base: &str, key: &str, known: &KnownSignature) -> String {
        let mut url = Self::unsigned(base, key);
        if self.public {
            return url;
        }
        let sign = || (self.id, self.signer.sign(&signed(key, "")));
        let mac = match known.0.get_or_init(sign) {
            (id, mac) if *id == self.id => *mac,
            _ => sign().1,
        };
        url.push_str("?signature=");
        URL_SAFE_NO_PAD.encode_string(mac, &mut url);
        url
    }

    fn url_until(&self, base: &str, key: &str, end: u64) -> String {
        let mut url = Self::unsigned(base, key);
        let expires = end.to_string();
        url.extend(["?expires=", &expires, "&signature="]);
        URL_SAFE_NO_PAD.encode_string(self.signer.sign(&signed(key, &expires)), &mut url);
        url
    }

    /// Whether files are served without a signature.
    #[must_use]
    pub fn are_public(&self) -> bool {
        self.public
    }

    /// Tells whether the file `key` may be read with the query of a URL.
    #[must_use]
    pub fn allows(&self, key: &str, query: Option<&str>) -> bool {
        self.public || self.allows_at(key, query.unwrap_or_default(), now())
    }

    fn allows_at(&self, key: &str, query: &str, now: u64) -> bool {
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let Some(mac) = value("signature").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()) else { return false };
        let expires = value("expires");
        let has_ended = match expires {
            // A URL from before there was an end to them.
            None => self.lasting.is_some(),
            Some(expires) => expires.parse().map_or(true, |expires: u64| expires <= now),
        };
        let text = signed(key, expires.unwrap_or_default());
        !has_ended && self.secret.verify(LABEL, &[], &text, &mac)
    }
}

/// When a URL ends that is made now. The same for a while, so that browsers find the file among those that they have.
fn end(now: u64, lasting: u64) -> u64 {
    (now / lasting).saturating_add(2).saturating_mul(lasting)
}

/// What is signed of a URL. Neither part has a zero byte in it.
fn signed(key: &str, expires: &str) -> Vec<u8> {
    [expires.as_bytes(), b"\0", key.as_bytes()].concat()
}

/// Seconds since 1970.
fn now() -> u64 {
    clock::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_opens_its_own_file_only() {
        let signer = UrlSigner::new(Secret::new(b"key"), false);
        let url = signer.url("/app", "語 #1.txt");
        assert!(url.starts_with("/app/_upload/%E8%AA%9E%20%231.txt?signature="), "{url}");
        let query = url.split_once('?').map(|(_, query)| query);
        assert!(signer.allows("語 #1.txt", query));
        assert!(!signer.allows("語 #2.txt", query));
        assert!(!signer.allows("語 #1.txt", None));
        assert!(!signer.allows("語 #1.txt", Some("signature=")));
    }

    #[test]
    fn a_url_that_ends_is_stable_for_a_while_and_good_for_longer() {
        let minute = Some(Duration::from_secs(60));
        let signer = UrlSigner::new(Secret::new(b"key"), false).lasting(minute);
        let url_at = |now| signer.url_until("", "a", end(now, 60));
        let url = url_at(1_000_020);
        assert_eq!(url_at(1_000_079), url, "the same minute");
        assert_ne!(url_at(1_000_080), url);
        let query = url.split_once('?').unwrap().1;
        assert!(query.starts_with("expires=1000140&"), "{query}");
        assert!(signer.allows_at("a", query, 1_000_139));
        assert!(!signer.allows_at("a", query, 1_000_140));
        assert!(!signer.allows_at("b", query, 1_000_020));
        for tampered in ["expires=1000200", "expires=+1000140", "expires=", "x=1"] {
            let query = query.replace("expires=1000140", tampered);
            assert!(!signer.allows_at("a", &query, 1_000_020), "{query}");
        }
    }

    #[test]
    fn to_let_urls_end_ends_those_that_did_not() {
        let endless = UrlSigner::new(Secret::new(b"key"), false);
        let ending = endless.clone().lasting(Some(Duration::from_secs(60)));
        let query = |url: String| url.split_once('?').unwrap().1.to_owned();
        assert!(!ending.allows_at("a", &query(endless.url("", "a")), 0));
        assert!(
            endless.allows_at("a", &query(ending.url_until("", "a", end(0, 60))), 119),
            "and the other way round they go on"
        );
        assert!(!endless.allows_at("a", &query(ending.url_until("", "a", end(0, 60))), 120), "up to their end");
    }

    #[test]
    fn a_signature_is_remembered_for_its_signer_alone() {
        let [first, second] = [b"first", b"other"].map(|key| UrlSigner::new(Secret::new(key), false));
        let known = KnownSignature::default();
        for _ in 0..2 {
            for signer in [&first, &second] {
                assert_eq!(signer.url_of_known("/app", "a.txt", &known), signer.url("/app", "a.txt"));
            }
        }
        let ending = first.lasting(Some(Duration::from_secs(60)));
        assert!(ending.url_of_known("", "a.txt", &known).contains("expires="));
    }

    #[test]
    fn public_files_have_plain_urls() {
        let signer = UrlSigner::new(Secret::new(b"key"), true);
        assert_eq!(signer.url("", "a.txt"), "/_upload/a.txt");
        assert!(signer.allows("a.txt", None));
    }
}
