//! The route of downloads that an event has made, each for once.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::TryStreamExt as _;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use http::request::Parts;
use http::{Method, StatusCode};

use crate::call::{FileRequest, respond};
use crate::error::Result;
use crate::kit::PendingDownloads;
use crate::page::{PageContext, Pages, Proof};

/// Answers `GET /_filekit/fetch?{token}`.
pub(crate) async fn handle(State(pages): State<Pages>, parts: Parts) -> Result<Response> {
    let token = parts.uri.query().unwrap_or_default();
    let context = PageContext::of_request(&pages.kit, &parts).await?;
    let (proof, pending) = Proof::pending_download(context, token).await?;
    let admission = proof.admit(&pages, &parts).await?;
    let response = respond(pending.open(), &admission.context, FileRequest::by(&parts)).await?;
    let is_last = parts.method == Method::GET && reaches_the_end(&response);
    let all = pages.kit.local().pending.clone();
    Ok(if is_last { removing(response, all, token.to_owned()).await } else { response })
}

/// Whether a browser that has read this answer has the file. One whose connection broke asks for the rest.
fn reaches_the_end(response: &Response) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    match (response.status(), range.and_then(ends)) {
        (StatusCode::OK, _) => true,
        (StatusCode::PARTIAL_CONTENT, Some((last, size))) => last + 1 == size,
        _ => false,
    }
}

/// The last byte and the size in a `Content-Range`.
fn ends(range: &str) -> Option<(u64, u64)> {
    let (range, size) = range.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.1.parse().ok()?, size.parse().ok()?))
}

/// The same answer; the download is removed before the last byte is handed out, so that it cannot be fetched again then.
///
/// The end of the body is not waited for: hyper asks for no more than `Content-Length` says.
async fn removing(response: Response, all: PendingDownloads, token: String) -> Response {
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let mut left = length.unwrap_or_default();
    if left == 0 {
        all.remove(&token).await;
        return response;
    }
    response.map(|body| {
        Body::from_stream(body.into_data_stream().and_then(move |piece| {
            left = left.saturating_sub(piece.len() as u64);
            let fetched = (left == 0).then(|| (all.clone(), token.clone()));
            async move {
                if let Some((all, token)) = fetched {
                    all.remove(&token).await;
                }
                Ok(piece)
            }
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_ends_a_file_and_no_other() {
        let reaches = |status, range: &'static str| {
            reaches_the_end(
                &Response::builder().status(status).header(CONTENT_RANGE, range).body(Body::empty()).unwrap(),
            )
        };
        assert!(reaches(206, "bytes 5-9/10"));
        for (status, range) in [(206, "bytes 0-8/10"), (206, "bytes */10"), (416, "bytes */10"), (206, "")] {
            assert!(!reaches(status, range), "{range}");
        }
    }
}
