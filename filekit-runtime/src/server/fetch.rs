//! The route of downloads that an event has made, each for once; not how they were made.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::TryStreamExt as _;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use http::request::Parts;
use http::{Method, StatusCode};

use crate::error::{Rejection, Result};
use crate::kit::PendingDownloads;
use crate::server::call::enter;
use crate::server::handed_over::{Asked, respond};
use crate::server::page::PageCall;
use crate::server::reply::Refusal;
use crate::server::routes::Pages;
use crate::server::{Context, message};

/// Answers `GET /_filekit/fetch?{token}`.
pub(crate) async fn handle(State(pages): State<Pages>, parts: Parts) -> Response {
    match run(&pages, &parts).await {
        Ok(response) => response,
        // A link was followed, so there is no page to show the message in.
        Err(error) => {
            let texts = &pages.filekit.0.texts;
            message::page("page.download-failed", Refusal::log(&error, texts), texts)
        }
    }
}

async fn run(pages: &Pages, parts: &Parts) -> Result<Response> {
    let token = parts.uri.query().unwrap_or_default();
    let context = Context::of_request(&pages.filekit, parts)?;
    let outbox = &pages.filekit.0.outbox;
    let context = context.fitting(|session| outbox.find(token, session).is_some());
    let waiting = outbox.find(token, context.session()).ok_or(Rejection::NotFound)?;
    let context = context.on_page(&waiting.page);
    enter(pages, &context, &PageCall::new(&context, parts, &waiting.page)?, false).await?;
    let response = respond(waiting.open(), &context, Asked::by(parts)).await?;
    let is_last = parts.method == Method::GET && reaches_the_end(&response);
    Ok(if is_last { removing(response, outbox.clone(), token.to_owned()) } else { response })
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

/// The same answer; the download is removed as soon as the last byte was handed out.
///
/// The end of the body is not waited for: hyper asks for no more than `Content-Length` says.
fn removing(response: Response, outbox: PendingDownloads, token: String) -> Response {
    let length = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let mut left = length.unwrap_or_default();
    if left == 0 {
        outbox.remove(&token);
        return response;
    }
    response.map(|body| {
        Body::from_stream(body.into_data_stream().inspect_ok(move |piece| {
            left = left.saturating_sub(piece.len() as u64);
            if left == 0 {
                outbox.remove(&token);
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
