//! The mount of filekit: the prefix of every path of its own.

use axum::extract::OriginalUri;
use http::Uri;
use http::request::Parts;

/// The base path that the program has chosen, and what axum's `nest` has taken away from the paths of a request.
#[derive(Debug)]
pub(crate) struct Mount {
    /// The base path and what was nested.
    base: String,
    base_path_length: usize,
}

impl Mount {
    /// The mount that a request came by.
    pub(crate) fn of_request(base_path: &str, parts: &Parts) -> Self {
        Self { base: format!("{base_path}{}", nested(parts)), base_path_length: base_path.len() }
    }

    /// The prefix of every path, as browsers see it.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The path and query as the router of the pages sees them, of those that the browser sees.
    pub(crate) fn routed(&self, shown: &str) -> Option<Uri> {
        below(&self.base, shown)?.parse().ok()
    }

    /// The path and query before `nest`, of those that the browser sees.
    pub(crate) fn original(&self, shown: &str) -> Option<Uri> {
        below(&self.base[..self.base_path_length], shown)?.parse().ok()
    }

    /// The path of the page that a request asks for, as the browser sees it. It is the one that has a route, also where a layer in
    /// front has changed what the browser asked for.
    pub(crate) fn shown(&self, parts: &Parts) -> String {
        let base_path = &self.base[..self.base_path_length];
        let mut shown = match parts.uri.path() {
            // Both `/app` and `/app/` are `/` to a router that is nested at `/app`.
            "/" => format!("{base_path}{}", original_path(parts)),
            inner => format!("{}{inner}", self.base),
        };
        if let Some(query) = parts.uri.query().filter(|query| !query.is_empty()) {
            shown.push('?');
            shown.push_str(query);
        }
        shown
    }
}

/// The path that the outermost router saw ends with the one that this router sees; what is before it was nested. Slashes at
/// the end do not count: a layer between the routers may add or remove one, and `nest` itself does.
fn nested(parts: &Parts) -> &str {
    let [original, inner] = [original_path(parts), parts.uri.path()].map(|path| path.trim_end_matches('/'));
    original.strip_suffix(inner).unwrap_or_default()
}

/// The path before any `nest`.
fn original_path(parts: &Parts) -> &str {
    parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |OriginalUri(uri)| uri.path())
}

/// The rest of a path and query below a prefix. The page at the prefix itself may be shown without a slash.
fn below(prefix: &str, page: &str) -> Option<String> {
    let rest = page.strip_prefix(prefix)?;
    match rest.as_bytes().first() {
        Some(b'/') => Some(rest.to_owned()),
        None | Some(b'?') => Some(format!("/{rest}")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nested_part_is_what_the_inner_path_lacks() {
        for (original, inner, expected_base, expected_page) in [
            ("/", "/", "", "/"),
            ("/a/b", "/a/b", "", "/a/b"),
            ("/app/a/b", "/a/b", "/app", "/app/a/b"),
            ("/app", "/", "/app", "/app"),
            ("/app/", "/", "/app", "/app/"),
            ("/a/a", "/a", "/a", "/a/a"),
            // As a layer has rewritten them.
            ("/a/", "/a", "", "/a"),
            ("/a", "/a/", "", "/a/"),
            ("/app/a/", "/a", "/app", "/app/a"),
            ("//app/a", "/a", "//app", "//app/a"),
        ] {
            let request = http::Request::builder().uri(inner).extension(OriginalUri(original.parse().unwrap()));
            let parts = request.body(()).unwrap().into_parts().0;
            for base_path in ["", "/base"] {
                let mount = Mount::of_request(base_path, &parts);
                let expected = [format!("{base_path}{expected_base}"), format!("{base_path}{expected_page}")];
                assert_eq!([mount.base().to_owned(), mount.shown(&parts)], expected, "{original}");
            }
        }
    }

    #[test]
    fn a_path_is_known_as_the_routers_see_it() {
        let request = http::Request::builder().uri("/a").extension(OriginalUri("/app/a".parse().unwrap()));
        let mount = Mount::of_request("/base", &request.body(()).unwrap().into_parts().0);
        for (shown, routed, original) in [
            ("/base/app/b?x", Some("/b?x"), Some("/app/b?x")),
            ("/base/app", Some("/"), Some("/app")),
            ("/base/app?x", Some("/?x"), Some("/app?x")),
            ("/base/apple", None, Some("/apple")),
            ("/app/a", None, None),
        ] {
            let uris = [mount.routed(shown), mount.original(shown)].map(|uri| uri.map(|uri| uri.to_string()));
            assert_eq!(uris, [routed, original].map(|uri| uri.map(str::to_owned)), "{shown}");
        }
    }
}
