//! What a browser may do with a file, by whose it is and of what type; not the file's bytes.

use http::HeaderValue;
use http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

use crate::download::{content_disposition, with_charset};
use crate::storage::judge;

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A visitor's. It may be anything, and is never run.
    Uploaded {
        /// Everybody may have it, and so may caches that visitors share.
        public: bool,
    },
    /// The developer's own, and as trusted as the program.
    Asset,
}

/// What of a visitor's may be shown in the browser: types that cannot run a script, and PDF, which browsers show in a
/// viewer of their own.
const INLINE: &[&str] = &[
    "application/pdf",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/x-wav",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
    "video/ogg",
    "video/webm",
];

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

impl Kind {
    /// How the file may be cached. Always with the question whether it is still the same: its name says nothing of its
    /// content.
    pub(crate) fn caching(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Uploaded { public: false } => "private, no-cache",
            Self::Uploaded { public: true } => "public, no-cache",
            Self::Asset => "no-cache",
        })
    }

    /// Adds what belongs to a file of that name and these first bytes.
    pub(crate) fn describe(self, name: &str, head: &[u8], headers: &mut HeaderMap) {
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let mime = match self {
            Self::Uploaded { .. } => {
                let mime = judge(head, name);
                restrict(&mime, true, name, headers);
                declared(mime)
            }
            Self::Asset => with_charset(own(head, name)),
        };
        let fallback = HeaderValue::from_static("application/octet-stream");
        headers.insert(CONTENT_TYPE, HeaderValue::try_from(mime).unwrap_or(fallback));
    }
}

/// The type of a file of the developer's own: the name says it, and the content where the name does not.
fn own(head: &[u8], name: &str) -> String {
    match mime_guess::from_path(name).first_raw() {
        // RFC 9239 has one type for all that ever were.
        Some("application/javascript") => "text/javascript".to_owned(),
        Some(mime) => mime.to_owned(),
        None => judge(head, name),
    }
}

/// Adds what keeps a file from doing anything in a page. It is saved, unless it is to be shown and cannot do harm.
pub fn restrict(mime: &str, shown: bool, name: &str, headers: &mut HeaderMap) {
    let essence = mime.split(';').next().unwrap_or_default().trim();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_DISPOSITION, content_disposition(shown && INLINE.contains(&essence), name));
    headers.insert(CONTENT_SECURITY_POLICY, policy(mime));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The type that is declared. A script or a style sheet would be one of this site for any page that names it, whatever
/// the other headers say, so it is declared as nothing in particular; it is handed over as a file all the same.
#[must_use]
pub fn declared(mime: String) -> String {
    let is_part_of_a_page = mime.ends_with("javascript") || matches!(mime.as_str(), "text/css" | "application/wasm");
    if is_part_of_a_page { "application/octet-stream".to_owned() } else { with_charset(mime) }
}

/// What the file may do if a browser shows it: nothing. What the browser itself puts around the file may.
///
/// Around pictures and text that are styles. Around sounds and films it is a player that asks for the file again, and an
/// origin without a name would get none of this site's files: so the sandbox keeps the origin, and no script. It would
/// keep the viewer of PDFs from starting, so for these there is none; no script of a PDF runs in the page's origin.
fn policy(mime: &str) -> HeaderValue {
    let (group, _) = mime.split_once('/').unwrap_or_default();
    HeaderValue::from_static(match group {
        _ if mime == "application/pdf" => "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'",
        "audio" | "video" => {
            "sandbox allow-same-origin; default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"
        }
        _ if INLINE.contains(&mime) => "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        _ => "sandbox; default-src 'none'",
    })
}
