//! A URL of this site that is handed over as a download: its file is saved under the download's name, and the page stays.
//!
//! A browser that follows a link to an event shows what it is led to in place of the page, and takes the name of the file
//! from the last answer alone. So the file at the URL is sent in place of a redirect to it.

use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;

use crate::download::{Download, content_disposition, with_charset};
use crate::error::Result;
use crate::page::{PageCall, PageContext, Pages};

/// Answers with the file under the URL that a download is of, or with the way there: if the URL is of another site, if there
/// is no file, or if it is to be shown.
///
/// Only stored files, whose URLs are signed, and the developer's own files are answered. The file is asked for with the visitor's
/// own request, so that conditions and ranges hold.
///
/// # Errors
///
/// If the name or the type of the download is none.
pub(super) async fn hand_over(
    download: Download,
    url: String,
    pages: &Pages,
    page: &PageCall,
    context: &PageContext,
) -> Result<Response> {
    let own = absolute_path(&url, context.page().shown()).filter(|_| !download.is_inline());
    let answered = match &own {
        Some(own) => page.get(pages, context, own).await.filter(|response| is_file(response.status())),
        None => None,
    };
    match (answered, own) {
        (Some(response), Some(own)) => described(response, &download, &own),
        _ => Ok((StatusCode::SEE_OTHER, [(LOCATION, url)]).into_response()),
    }
}

/// The same answer, as something to be saved under the name and with the type of the download.
fn described(mut response: Response, download: &Download, url: &str) -> Result<Response> {
    let headers = response.headers_mut();
    // The address of this answer is the visitor's own, whatever caches may do with that of the file.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Some(mime) = download.mime.clone().filter(|_| headers.contains_key(CONTENT_TYPE)) {
        headers.insert(CONTENT_TYPE, HeaderValue::try_from(with_charset(mime))?);
    }
    let is_attachment = |header: &HeaderValue| header.as_bytes().starts_with(b"attachment");
    match download.safe_filename()? {
        None if headers.get(CONTENT_DISPOSITION).is_some_and(is_attachment) => {}
        name => {
            let name = name.map_or_else(|| last_segment(url), |name| name.to_string());
            headers.insert(CONTENT_DISPOSITION, content_disposition(false, &name));
        }
    }
    Ok(response)
}

/// The file, a part of it, or what is said of it in place of it.
fn is_file(status: StatusCode) -> bool {
    status.is_success() || matches!(status, StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE)
}

/// The path and query of a URL of this site, relative to a page. Nothing for one that says its host.
fn absolute_path(url: &str, page: &str) -> Option<String> {
    let url = url.split('#').next().unwrap_or_default();
    let path = page.split('?').next().unwrap_or_default();
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let is_relative = |part: &str| part == "." || part == "..";
    let (own, _) = url.split_once('?').unwrap_or((url, ""));
    // A dot segment is resolved by browsers; a scheme or a host leads to another site, as far as is known here.
    if own.split('/').any(is_relative) || own.starts_with("//") || own.contains('\\') {
        return None;
    }
    match url.as_bytes().first()? {
        b'/' => Some(url.to_owned()),
        b'?' => Some(format!("{path}{url}")),
        _ if own.split('/').next().is_some_and(|first| first.contains(':')) => None,
        _ => Some(format!("{folder}/{url}")),
    }
}

fn last_segment(url: &str) -> String {
    let path = url.split('?').next().unwrap_or_default();
    let segment = path.rsplit('/').next().filter(|segment| !segment.is_empty()).unwrap_or("download");
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_relative_to_its_page() {
        for (url, page, path) in [
            ("/a.pdf", "/shop/list", Some("/a.pdf")),
            ("/a.pdf?x=a:b#top", "/", Some("/a.pdf?x=a:b")),
            ("a.pdf", "/shop/list?sort=name", Some("/shop/a.pdf")),
            ("a/b:c", "/", Some("/a/b:c")),
            ("?page=2", "/shop/list?sort=name", Some("/shop/list?page=2")),
            ("https://example.org/a", "/", None),
            ("HTTP://example.org/a", "/", None),
            ("../a.pdf", "/shop/list", None),
        ] {
            assert_eq!(absolute_path(url, page).as_deref(), path, "{url}");
        }
    }

    #[test]
    fn what_has_no_name_is_called_as_its_url_ends() {
        assert_eq!(last_segment("/a/caf%C3%A9.pdf?x=/y"), "café.pdf");
        assert_eq!(last_segment("/a/"), "download");
    }
}
