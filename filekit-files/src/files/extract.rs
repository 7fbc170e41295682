//! Lets handlers have the stored files, where a program puts them into the extensions of its requests.

use std::fmt;

use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use crate::files::Files;

/// No program has put its [`Files`] into the extensions of the request.
#[derive(Debug)]
pub struct NoFiles;

impl fmt::Display for NoFiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`Files` is not in the extensions of this request: a page of filekit has them, any other route has to insert them")
    }
}

impl std::error::Error for NoFiles {}

impl IntoResponse for NoFiles {
    fn into_response(self) -> Response {
        tracing::error!("{self}");
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Files {
    type Rejection = NoFiles;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoFiles> {
        parts.extensions.get::<Self>().cloned().ok_or(NoFiles)
    }
}
