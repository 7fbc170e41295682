//! What a server signs for its pages and files: it opens where it was signed for, and nothing else opens.
//!
//! The input is a page's address in the first line, another in the second, a payload in the third, and behind them a
//! text that a visitor might send, in which `{signed}` stands for what was signed.

#![no_main]

use filekit_files::secret::Secret;
use filekit_files::storage::UrlSigner;
use filekit_fuzz::Numbers;
use filekit_runtime::session::fuzzing::{Kind, Outcome, Page, Place};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const KINDS: [Kind; 7] = [
    Kind::Capability,
    Kind::DownloadCapability,
    Kind::PageUploads,
    Kind::PageSeal,
    Kind::OwnerSeal,
    Kind::Session,
    Kind::Flash,
];

static OTHER_SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new(b"other"));

fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (Ok(page), Ok(other), payload) = (std::str::from_utf8(line()), std::str::from_utf8(line()), line()) else {
        return;
    };
    let sent = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    let mut numbers = Numbers::of(input);
    // Of each input its own: the fuzzer sees what is compared, and would bring what was signed for another input.
    let secret = Secret::new(&[page.as_bytes(), other.as_bytes(), payload].join(&b'\n'));
    check_url(&secret, page, payload, &sent, &mut numbers);
    // A page of another site is never signed for.
    let (Some(page_path), Some(other)) = (Page::parse(page), Page::parse(other)) else { return };
    let place = Place { secret: &secret, session: [1; 16], page: &page_path };
    for kind in KINDS {
        let text = place.sign(kind, payload);
        check_places(kind, place, &other, &text);
        check_texts(kind, place, &text, &sent, &mut numbers);
        check_kinds(kind, place, &text);
    }
    // What is signed and cannot be read is of another version, and does no harm.
    assert_ne!(place.open(Kind::PageUploads, &place.sign_as_uploads(payload)), Outcome::Refused);
});

/// A text opens in its session, on its page, with its secret or one that succeeds it, and nowhere else.
fn check_places(kind: Kind, place: Place<'_>, other: &Page, text: &str) {
    let opened = place.open(kind, text);
    assert_ne!(opened, Outcome::Refused, "{kind:?}");
    let is_payload = matches!(kind, Kind::Capability | Kind::DownloadCapability);
    assert!(is_payload || opened == Outcome::Opened, "{kind:?}");
    let rotated = OTHER_SECRET.succeeding(place.secret);
    assert_eq!(Place { secret: &rotated, ..place }.open(kind, text), opened, "{kind:?} after a rotation");
    assert_eq!(Place { secret: &OTHER_SECRET, ..place }.open(kind, text), Outcome::Refused, "{kind:?}");
    for elsewhere in [Place { page: other, ..place }, Place { session: [2; 16], ..place }] {
        let is_good = elsewhere.open(kind, text) != Outcome::Refused;
        assert_eq!(is_good, place.is_same(elsewhere, kind), "{kind:?} for {place:?} in {elsewhere:?}");
    }
}

/// Any other text is refused, and so is the text with any bit flipped.
fn check_texts(kind: Kind, place: Place<'_>, text: &str, sent: &str, numbers: &mut Numbers) {
    let sent = sent.replace("{signed}", text);
    assert!(sent == text || place.open(kind, &sent) == Outcome::Refused, "{kind:?}: {sent:?}");
    for _ in 0..8 {
        let flipped = flipped(text, numbers);
        assert_eq!(place.open(kind, &flipped), Outcome::Refused, "{kind:?}: {flipped:?}");
    }
    let cut = &text[..numbers.below(text.len())];
    assert_eq!(place.open(kind, cut), Outcome::Refused, "{kind:?}: {cut:?}");
}

/// The text with one of its bits flipped. None is of more than ASCII, so only the first seven are.
fn flipped(text: &str, numbers: &mut Numbers) -> String {
    let mut bytes = text.as_bytes().to_owned();
    let at = numbers.below(bytes.len());
    bytes[at] ^= 1 << numbers.below(7);
    String::from_utf8(bytes).expect("it is ASCII")
}

/// What was signed for one thing is not good for another.
fn check_kinds(kind: Kind, place: Place<'_>, text: &str) {
    for other in KINDS.into_iter().filter(|other| *other != kind) {
        assert_eq!(place.open(other, text), Outcome::Refused, "{kind:?} as {other:?}");
    }
}

/// A URL opens its own file only.
fn check_url(secret: &Secret, key: &str, other: &[u8], sent: &str, numbers: &mut Numbers) {
    let signer = UrlSigner::new(secret.clone(), false);
    let url = signer.url("/app", key);
    let (path, query) = url.split_once('?').expect("a signature");
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'), "{path:?}");
    assert!(signer.allows(key, Some(query)));
    assert!(!UrlSigner::new(OTHER_SECRET.clone(), false).allows(key, Some(query)));
    let other = String::from_utf8_lossy(other);
    assert!(other == key || !signer.allows(&other, Some(query)), "{other:?} by the URL of {key:?}");
    // More may stand in a query than its signature.
    let sent = sent.replace("{signed}", query);
    assert!(sent.contains(query) || !signer.allows(key, Some(&sent)), "{sent:?}");
    let flipped = flipped(query, numbers);
    assert!(!signer.allows(key, Some(&flipped)), "{flipped:?}");
}
