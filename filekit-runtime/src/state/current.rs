//! The extractor of a visitor's state; not the store behind it.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::server::{Context, NotServed};
use crate::state::State;

/// The visitor's `S`, as it is now: an argument of a page's handler.
///
/// A visitor who has changed nothing yet has `S::default()`, and nothing is kept for them.
///
/// # Errors
///
/// The request is refused if the page is not served through [`FileKit::router`](crate::FileKit::router).
#[derive(Clone, Debug)]
pub struct Current<S>(Arc<S>);

impl<S> Deref for Current<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0
    }
}

impl<S: State, R: Sync> FromRequestParts<R> for Current<S> {
    type Rejection = NotServed;

    async fn from_request_parts(parts: &mut Parts, _: &R) -> Result<Self, NotServed> {
        let context = parts.extensions.get::<Context>().ok_or(NotServed)?;
        Ok(Self(context.state()))
    }
}
