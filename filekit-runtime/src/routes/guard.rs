//! Refuses requests that come from another site. Requests of strangers are refused by capabilities.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::ORIGIN;
use http::{HeaderMap, Uri};

use crate::error::{Rejection, Result};
use crate::incoming::incoming;
use crate::kit::FileKit;
use crate::visitor::host_of;

/// Lets requests of this site's own pages pass.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, which knows better than any header what the address
/// bar shows, and older ones in `Origin`. A client that sends neither is no browser, so no other site can have made
/// it send anything.
///
/// 1. `Sec-Fetch-Site: same-origin` passes, any other value does not: `none` is what a person has typed, and pages do not send
///    events by that.
/// 2. Without it, an `Origin` passes whose host is the `Host` of the request. A proxy that changes `Host` breaks this for
///    browsers that are older than 2023.
/// 3. A request with neither passes.
///
/// # Errors
///
/// If the request does not pass.
pub(crate) async fn same_origin(State(kit): State<FileKit>, request: Request, next: Next) -> Result<Response> {
    kit.config().sessions.scheme.compare(&request);
    if is_same_origin(request.headers(), request.uri()) {
        return Ok(next.run(request).await);
    }
    refuse_body(request);
    Err(Rejection::ForeignOrigin.into())
}

/// Ends the body of a request that is refused, so that its sender sees the answer.
pub(crate) fn refuse_body(request: Request) {
    let (parts, body) = request.into_parts();
    incoming(&parts.headers, body, 0).refuse();
}

fn is_same_origin(headers: &HeaderMap, uri: &Uri) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, authority)| authority);
    let Ok(Some(host)) = host_of(headers, uri) else { return false };
    authority.is_some_and(|authority| host == authority)
}

#[cfg(test)]
mod tests {
    use http::header::HOST;

    use super::*;

    #[test]
    fn only_this_site_passes() {
        for (site, origin, passes) in [
            (None, None, true),
            (Some("same-origin"), Some("http://a.test"), true),
            (Some("same-origin"), Some("http://behind.a.proxy"), true),
            (Some("same-site"), Some("http://a.test"), false),
            (Some("cross-site"), None, false),
            (Some("none"), None, false),
            (None, Some("http://a.test"), true),
            (None, Some("https://a.test"), true),
            (None, Some("http://a.test:8080"), false),
            (None, Some("http://b.test"), false),
            (None, Some("null"), false),
        ] {
            let mut headers = HeaderMap::new();
            site.map(|site: &str| headers.insert("sec-fetch-site", site.parse().unwrap()));
            origin.map(|origin: &str| headers.insert(ORIGIN, origin.parse().unwrap()));
            // HTTP/2 says the host in the URI.
            let uri = Uri::from_static("http://a.test/");
            assert_eq!(is_same_origin(&headers, &uri), passes, "{site:?} {origin:?}");
            headers.insert(HOST, "a.test".parse().unwrap());
            assert_eq!(is_same_origin(&headers, &Uri::from_static("/")), passes, "{site:?} {origin:?}");
        }
    }
}
