//! The address of a page, as all its signatures contain it.

/// Path and query of a page, as the browser sees them. Two addresses are one page only if both are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageAddress<'a> {
    path: &'a str,
    /// Without its question mark. An empty query is none: `location.search` is empty for both.
    query: &'a str,
}

impl<'a> PageAddress<'a> {
    /// The address that a text says. `is_root` tells whether a path is that of the page which filekit is mounted at: it is the
    /// same with and without a slash at the end, which proxies and `nest` add and take away. Anywhere else these are two pages, and
    /// only one of them may have the layers that keep strangers out.
    pub(crate) fn of(page: &'a str, is_root: impl FnOnce(&str) -> bool) -> Self {
        let (path, query) = page.split_once('?').unwrap_or((page, ""));
        let path = if is_root(path) { path.strip_suffix('/').unwrap_or(path) } else { path };
        Self { path, query }
    }

    /// What is signed of it.
    pub(crate) fn parts(&self) -> [&'a [u8]; 2] {
        [self.path.as_bytes(), self.query.as_bytes()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(page: &str) -> PageAddress<'_> {
        PageAddress::of(page, |path| matches!(path, "/app" | "/app/"))
    }

    #[test]
    fn one_page_has_one_address() {
        for (one, other) in [("/app", "/app/"), ("/app?a", "/app/?a"), ("/app/x", "/app/x?"), ("/app/?", "/app")] {
            assert_eq!(address(one), address(other), "{one} {other}");
        }
    }

    #[test]
    fn other_pages_have_other_addresses() {
        let others =
            ["/app", "/app/x", "/app/x/", "/app/x?a", "/app/x?a=", "/app/x?a&", "/app/x?b", "/app/x??a", "/app/x%3Fa"];
        for (nth, one) in others.iter().enumerate() {
            for other in &others[nth + 1..] {
                assert_ne!(address(one), address(other), "{one} {other}");
            }
        }
    }
}
