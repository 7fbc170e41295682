//! The routes of forms that a browser sends by itself, without scripts. The markup is `page/forms.rs` and `view/plain.rs`; the
//! routes of scripts are `event.rs` and `upload.rs`.
//!
//! ```text
//! POST -> capabilities checked -> page's layers let the visitor in -> body read -> events, one after the other
//!      -> all went well: the page (303), another page (303) or a file; one did not: its status, and the page with the words
//!
//! the form around a page: its uploads checked -> page's layers -> files and values read -> capabilities of the button checked
//! ```

mod outcome;
mod query;
mod sent;
mod urlencoded;

use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::request;

use crate::error::Result;
use crate::incoming::incoming;
use crate::page::Pages;
use crate::routes::guard::refuse_body;
use crate::routes::last_component;
pub(super) use sent::FAILED;
use sent::SentForm;

/// Answers `POST /_filekit/upload/{capabilities}?page={page}&field={name}..`, whose body has the values and the files.
pub(crate) async fn handle_parts(
    State(pages): State<Pages>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response> {
    let (request, body) = request.into_parts();
    let body = incoming(&request.headers, body, pages.kit.config().max_body);
    let mut form = SentForm::new(&pages, &request, query.as_deref()).await.inspect_err(|_| body.refuse())?;
    match form.call_with_parts(&last_component(&request.uri), &body).await {
        Ok(()) => form.answer().await,
        Err(error) => {
            body.refuse();
            form.refuse(error).await
        }
    }
}

/// Answers `POST /_filekit/form?page={page}`, whose body has the capabilities: of an empty form, or of the one around a page.
pub(crate) async fn handle_button(
    State(pages): State<Pages>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response> {
    let (request, body) = request.into_parts();
    let mut form = match SentForm::new(&pages, &request, query.as_deref()).await {
        Ok(form) => form,
        Err(error) => {
            refuse_body(Request::from_parts(request, body));
            return Err(error);
        }
    };
    let called = if is_multipart(&request.headers) {
        let body =
            incoming(&request.headers, body, pages.kit.config().max_body).held_within(&pages.kit.local().waiting);
        let called = form.call_around(&body).await;
        if called.is_err() {
            body.refuse();
        }
        called
    } else {
        form.call_with_value(body).await
    };
    match called {
        Ok(()) => form.answer().await,
        Err(error) => form.refuse(error).await,
    }
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let mime = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    mime.and_then(|mime| mime.get(..10)).is_some_and(|mime| mime.eq_ignore_ascii_case("multipart/"))
}

/// Answers `GET` of these routes: the address of an answer was asked for. The page is where its visitor wants to be.
pub(crate) async fn lead_back(
    State(pages): State<Pages>,
    RawQuery(query): RawQuery,
    request: request::Parts,
) -> Result<Response> {
    let form = SentForm::new(&pages, &request, query.as_deref()).await?;
    Ok(Redirect::to(form.page()).into_response())
}
