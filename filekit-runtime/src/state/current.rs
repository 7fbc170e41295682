//! The extractor of a visitor's state. The store behind it is `store.rs`.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use crate::error::Error;
use crate::state::{Probe, State, StatesSeen, extract_owner};
use crate::visitor::NotServed;

/// The `S` of its [owner](crate::state::Owner) for this request, as it is now: an argument of a page's handler, or an `#[extract]`
/// parameter of an event.
///
/// An owner whose state nothing has changed yet has `S::initial()`, and nothing is kept.
///
/// # Errors
///
/// The request is refused if the page is not served through [`FileKit::router`](crate::FileKit::router), or has no such owner: then the
/// answer is that of the owner's extractor.
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
    /// The state cannot be read.
    Failed(Error),
    /// There is no owner: what its extractor says.
    NoOwner(Box<Response>),
}

/// A page would let the visitor in: the request as its handler would get it, with all that its layers have added.
#[derive(Clone, Debug)]
pub(crate) struct Admission(pub(crate) Arc<Parts>);

impl IntoResponse for CurrentRejection {
    fn into_response(self) -> Response {
        match self.0 {
            Reason::NotServed => NotServed.into_response(),
            Reason::Failed(error) => error.into_response(),
            Reason::NoOwner(response) => *response,
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
        let states = parts.extensions.get::<StatesSeen>().cloned().ok_or(CurrentRejection(Reason::NotServed))?;
        let owner = extract_owner::<S>(parts, states.session()).await;
        let owner = owner.map_err(|response| CurrentRejection(Reason::NoOwner(Box::new(response))))?;
        if parts.extensions.get::<Probe>().is_some() {
            return Err(CurrentRejection(Reason::Probe(Box::new(parts.clone()))));
        }
        states.get(&owner).await.map(Self).map_err(|error| CurrentRejection(Reason::Failed(error)))
    }
}
