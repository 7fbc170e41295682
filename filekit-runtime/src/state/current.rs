//! The extractor of a visitor's state. The store behind it is `store.rs`.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use crate::state::{Probe, State, StatesSeen};
use crate::visitor::NotServed;

/// The visitor's `S`, as it is now: an argument of a page's handler, or an `#[extract]` parameter of an event.
///
/// A visitor who has changed nothing yet has `S::initial()`, and nothing is kept for them.
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

/// Why [`Current`] refuses a request.
#[derive(Debug)]
pub struct CurrentRejection(Reason);

#[derive(Debug)]
enum Reason {
    NotServed,
    /// The page is only asked whether it would let the visitor in, and has come as far as its handler's arguments.
    Probe(Box<Parts>),
}

/// A page would let the visitor in: the request as its handler would get it, with all that its layers have added.
#[derive(Clone, Debug)]
pub(crate) struct Admission(pub(crate) Arc<Parts>);

impl IntoResponse for CurrentRejection {
    fn into_response(self) -> Response {
        match self.0 {
            Reason::NotServed => NotServed.into_response(),
            Reason::Probe(parts) => {
                let mut response = StatusCode::NO_CONTENT.into_response();
                response.extensions_mut().insert(Admission(Arc::new(*parts)));
                response
            }
        }
    }
}

impl<S: State, R: Sync> FromRequestParts<R> for Current<S> {
    type Rejection = CurrentRejection;

    async fn from_request_parts(parts: &mut Parts, _: &R) -> Result<Self, CurrentRejection> {
        if parts.extensions.get::<Probe>().is_some() {
            return Err(CurrentRejection(Reason::Probe(Box::new(parts.clone()))));
        }
        let states = parts.extensions.get::<StatesSeen>().ok_or(CurrentRejection(Reason::NotServed))?;
        Ok(Self(states.get()))
    }
}
