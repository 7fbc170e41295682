//! The path and query of a page, checked once.

use axum::extract::OriginalUri;
use http::Uri;
use http::request::Parts;

use crate::error::Rejection;
use crate::visitor::Mount;

/// The path and query of a page of this site. Two of them are one page only if both are the same.
#[derive(Clone, Debug)]
pub(crate) struct PagePath {
    shown: String,
    /// Whether it is the page which filekit is mounted at: that one is the same with and without a slash at the end, which
    /// proxies and `nest` add and take away. Anywhere else these are two pages, and only one of them may have the layers
    /// that keep strangers out.
    is_root: bool,
    routed: Uri,
    original: Uri,
}

impl PagePath {
    /// Reads the path that a browser names.
    ///
    /// # Errors
    ///
    /// If the path is not one of this site.
    pub(crate) fn parse(mount: &Mount, text: &str) -> Result<Self, Rejection> {
        // Browsers take `//host` and `/\host` for another site.
        let is_local = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\');
        let uris = || Some((mount.routed(text)?, mount.original(text)?));
        let (routed, original) = is_local
            .then(uris)
            .flatten()
            .ok_or_else(|| Rejection::malformed(format_args!("the page {text:?} is not one of this site")))?;
        Ok(Self::new(mount, text.to_owned(), routed, original))
    }

    /// The path of the page that a request asks for.
    pub(crate) fn of_request(mount: &Mount, parts: &Parts) -> Self {
        let original = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        Self::new(mount, mount.shown(parts), parts.uri.clone(), original.clone())
    }

    fn new(mount: &Mount, shown: String, routed: Uri, original: Uri) -> Self {
        let is_root = matches!(path_of(&shown).strip_prefix(mount.base()), Some("" | "/"));
        Self { shown, is_root, routed, original }
    }

    /// The path and query as the browser sees them, and names them in a call.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The URI as the router of the pages sees it.
    pub(crate) fn routed(&self) -> &Uri {
        &self.routed
    }

    /// The URI as it is before `nest`.
    pub(crate) fn original(&self) -> &Uri {
        &self.original
    }

    /// The signed part: the path, and the query without its question mark. An empty query is none: `location.search`
    /// is empty for both.
    pub(crate) fn signed(&self) -> [&[u8]; 2] {
        let (path, query) = self.shown.split_once('?').unwrap_or((&self.shown, ""));
        let path = if self.is_root { path.strip_suffix('/').unwrap_or(path) } else { path };
        [path.as_bytes(), query.as_bytes()]
    }
}

fn path_of(shown: &str) -> &str {
    shown.split('?').next().unwrap_or_default()
}

#[cfg(test)]
impl PagePath {
    /// A page of a filekit that is mounted at the root.
    pub(crate) fn of(shown: &str) -> Self {
        let parts = http::Request::new(()).into_parts().0;
        Self::parse(&Mount::of_request("", &parts), shown).expect("a path of this site")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(base_path: &str) -> Mount {
        Mount::of_request(base_path, &http::Request::new(()).into_parts().0)
    }

    #[test]
    fn one_page_is_signed_as_one() {
        let mount = mount("/app");
        let signed = |text| PagePath::parse(&mount, text).unwrap().signed().map(<[u8]>::to_vec);
        for (one, other) in [("/app", "/app/"), ("/app?a", "/app/?a"), ("/app/x", "/app/x?"), ("/app/?", "/app")] {
            assert_eq!(signed(one), signed(other), "{one} {other}");
        }
        let others =
            ["/app", "/app/x", "/app/x/", "/app/x?a", "/app/x?a=", "/app/x?a&", "/app/x?b", "/app/x??a", "/app/x%3Fa"];
        for (nth, one) in others.iter().enumerate() {
            for other in &others[nth + 1..] {
                assert_ne!(signed(one), signed(other), "{one} {other}");
            }
        }
    }

    #[test]
    fn a_page_of_another_site_or_outside_of_the_mount_is_none() {
        let mount = mount("/app");
        for text in
            ["", "app", "/", "/apple", "//app", "//host/app", "/app\\", "/\\host", "https://host/app", "?x", "/app/ x"]
        {
            assert!(PagePath::parse(&mount, text).is_err(), "{text}");
        }
        let path = PagePath::parse(&mount, "/app/a?x=1").unwrap();
        assert_eq!((path.shown(), path.routed().to_string().as_str()), ("/app/a?x=1", "/a?x=1"));
    }
}
