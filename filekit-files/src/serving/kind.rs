//! What a browser may do with a file, by whose it is and of what type.

use http::HeaderValue;
use http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

use crate::download::{content_disposition, with_charset};
use crate::types::{extension, is_shown, is_utf_8, of_extension, policy, sniff_type};

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
                let mime = sniff_type(head, name);
                restrict(mime, true, name, headers);
                // Of another encoding nothing is said: a browser looks at the text itself.
                if is_utf_8(head) { declared(mime.to_owned()) } else { harmless(mime.to_owned()) }
            }
            Self::Asset => with_charset(own(head, name).to_owned()),
        };
        let fallback = HeaderValue::from_static("application/octet-stream");
        headers.insert(CONTENT_TYPE, HeaderValue::try_from(mime).unwrap_or(fallback));
    }
}

/// The type of a file of the developer's own: the name says it, and the content where the name does not.
fn own(head: &[u8], name: &str) -> &'static str {
    let extension = extension(name).map(str::to_ascii_lowercase);
    let named = extension.as_deref().and_then(|extension| of_extension(extension).first());
    named.map_or_else(|| sniff_type(head, name), |format| format.mime)
}

/// Adds what keeps a file from doing anything in a page. It is saved, unless it is to be shown and cannot do harm.
pub fn restrict(mime: &str, shown: bool, name: &str, headers: &mut HeaderMap) {
    let essence = mime.split(';').next().unwrap_or_default().trim();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_DISPOSITION, content_disposition(shown && is_shown(essence), name));
    headers.insert(CONTENT_SECURITY_POLICY, policy(mime));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The type that is declared, of text with its encoding.
#[must_use]
pub(crate) fn declared(mime: String) -> String {
    with_charset(harmless(mime))
}

/// A script or a style sheet would be one of this site for any page that names it, whatever the other headers say, so it
/// is declared as nothing in particular; it is handed over as a file all the same.
fn harmless(mime: String) -> String {
    let is_part_of_a_page = mime.ends_with("javascript") || matches!(mime.as_str(), "text/css" | "application/wasm");
    if is_part_of_a_page { "application/octet-stream".to_owned() } else { mime }
}
