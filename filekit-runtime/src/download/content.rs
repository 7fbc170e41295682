//! What a download is made of; not how it travels.

use bytes::Bytes;
use http::HeaderValue;

use crate::state::AllEventsInOneImplBlock;
use crate::storage::{SafeName, judge};
use crate::view::{Action, IntoAction};
use crate::wire::action as name;

/// A file that is handed to the visitor: returned from an event.
///
/// An event that takes `&self` and returns a download is a plain link in the page; it works without JavaScript.
///
/// # Examples
///
/// ```
/// use filekit_runtime::download::Download;
///
/// let download = Download::data("1,2,3").filename("numbers.csv");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a download starts when it is returned from an event"]
pub struct Download {
    pub(crate) source: Source,
    filename: Option<String>,
    mime: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Source {
    Url(String),
    Data(Bytes),
}

/// Data that can be downloaded.
pub trait Data {
    /// The bytes.
    fn into_bytes(self) -> Bytes;
}

macro_rules! data {
    ($($type:ty),*) => {$(
        impl Data for $type {
            fn into_bytes(self) -> Bytes {
                self.into()
            }
        }
    )*};
}

data! { String, Vec<u8>, Bytes }

impl Data for &str {
    fn into_bytes(self) -> Bytes {
        Bytes::copy_from_slice(self.as_bytes())
    }
}

impl Data for &[u8] {
    fn into_bytes(self) -> Bytes {
        Bytes::copy_from_slice(self)
    }
}

impl Download {
    /// Downloads what is under a URL: one of this site, or one that begins with `http://` or `https://`.
    pub fn url(url: impl Into<String>) -> Self {
        Self { source: Source::Url(url.into()), filename: None, mime: None }
    }

    /// Downloads data that is at hand.
    pub fn data(data: impl Data) -> Self {
        Self { source: Source::Data(data.into_bytes()), filename: None, mime: None }
    }

    /// Sets the name of the file. Default: `download`, or for a URL its last segment.
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(name.into());
        self
    }

    /// Sets the MIME type. Default: judged by content and name.
    pub fn mime(mut self, mime: impl Into<String>) -> Self {
        self.mime = Some(mime.into());
        self
    }

    /// Checks what the builders took on trust.
    ///
    /// # Errors
    ///
    /// If the name is empty or that of a place, or the URL is none that a browser downloads from.
    pub(crate) fn checked(self) -> Result<Self, DownloadError> {
        self.safe_filename()?;
        if let Some(mime) = self.mime.as_deref().filter(|mime| HeaderValue::from_str(mime).is_err()) {
            return Err(DownloadError::Mime(mime.to_owned()));
        }
        match &self.source {
            Source::Url(url) if !is_downloadable(url) => Err(DownloadError::Url(url.clone())),
            _ => Ok(self),
        }
    }

    /// The name, safe to be used on disk, if one was given.
    ///
    /// # Errors
    ///
    /// If it is empty, or the name of a place such as `../a`.
    pub(crate) fn safe_filename(&self) -> Result<Option<SafeName>, DownloadError> {
        let Some(name) = &self.filename else { return Ok(None) };
        let wrong = || DownloadError::Filename(name.clone());
        if name.trim().is_empty() {
            return Err(wrong());
        }
        SafeName::parse(name).map(Some).map_err(|_| wrong())
    }

    /// The MIME type of `data`, with a charset if it is text.
    pub(crate) fn mime_of(&self, data: &[u8], name: &str) -> String {
        let mime = self.mime.clone().unwrap_or_else(|| judge(data, name));
        with_charset(mime)
    }
}

/// A path on this site, or an absolute URL of http or https. `//host` would be another site's without saying so.
fn is_downloadable(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().and_then(|first| first.split_once(':')).map(|(scheme, _)| scheme);
    let visible = url.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    match scheme {
        Some(scheme) => visible && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")),
        // Browsers read a backslash as a slash.
        None => visible && !url.is_empty() && !url.replace('\\', "/").starts_with("//"),
    }
}

/// Why a [`Download`] cannot be handed over. It is logged; the visitor reads a general message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DownloadError {
    /// The URL is neither relative nor one of http or https.
    Url(String),
    /// The name is empty, or that of a place.
    Filename(String),
    /// The MIME type cannot stand in a header.
    Mime(String),
}

impl std::fmt::Display for DownloadError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url(url) => write!(formatter, "{url:?} is no URL to download from: it must be relative, or http(s)"),
            Self::Filename(name) => write!(formatter, "{name:?} is no name for a download"),
            Self::Mime(mime) => write!(formatter, "{mime:?} is no MIME type"),
        }
    }
}

impl std::error::Error for DownloadError {}

/// Text without a charset is read as whatever the reader's system is set to.
pub(crate) fn with_charset(mime: String) -> String {
    let is_text = mime.starts_with("text/") || mime == "application/json";
    if is_text && !mime.contains("charset") { format!("{mime}; charset=utf-8") } else { mime }
}

/// Makes `Download::url(..)` mean the same in `on_click`, where `Type::name(..)` is read as an
/// event of a state.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct DownloadEvents(());

impl DownloadEvents {
    /// See [`Download::url`].
    pub fn url(self, url: impl Into<String>) -> Download {
        Download::url(url)
    }
}

#[diagnostic::do_not_recommend]
impl AllEventsInOneImplBlock for Download {
    type Events = DownloadEvents;
    const EVENTS: DownloadEvents = DownloadEvents(());
}

impl IntoAction for Download {
    /// The browser fetches a URL by itself. Data in a page would weigh on everybody who looks at it, so it is left to
    /// events.
    fn into_action(self) -> Action {
        let Source::Url(url) = self.source else {
            tracing::error!("`Download::data` stands in a view: return it from an event instead");
            return Action::browser(
                &serde_json::json!({ "action": name::TOAST, "kind": "error", "text": "This download is not available." }),
            );
        };
        Action::browser(&serde_json::json!({ "action": name::DOWNLOAD, "url": url, "filename": self.filename }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_relative_or_of_the_web() {
        for url in ["/a.pdf", "a.pdf", "?x=a:b", "https://example.org/a", "HTTP://example.org", "a/b:c"] {
            assert!(Download::url(url).checked().is_ok(), "{url}");
        }
        for url in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            " javascript:x",
            "//evil.test/a",
            "/\\evil.test",
            "\\\\evil.test",
            "java\nscript:x",
            "file:///a",
        ] {
            assert_eq!(Download::url(url).checked().unwrap_err(), DownloadError::Url(url.to_owned()));
        }
    }

    #[test]
    fn a_mime_type_is_one_line() {
        let error = Download::data("x").mime("text/plain\r\nx: y").checked().unwrap_err();
        assert_eq!(error, DownloadError::Mime("text/plain\r\nx: y".to_owned()));
    }

    #[test]
    fn names_are_names() {
        assert!(Download::data("x").filename("a b.txt").checked().is_ok());
        for name in ["", " ", "../a", "/etc/passwd"] {
            let error = Download::data("x").filename(name).checked().unwrap_err();
            assert_eq!(error, DownloadError::Filename(name.to_owned()));
        }
    }
}
