//! The query of a page's address. The path is `path.rs`.

use std::any::type_name;
use std::error::Error as _;
use std::ops::{Deref, DerefMut};

use axum::extract::FromRequestParts;
use axum::extract::rejection::QueryRejection;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::{Error, Rejection, Result};
use crate::extract::{Unfit, route};

/// The query of the page's address: an argument of a page's handler, or an `#[extract]` parameter of an event.
///
/// It reads what axum's own `Query` reads: a struct whose fields have the names of the query, of which those that may be
/// missing are an `Option` or have `#[serde(default)]`; or a map. It differs in its answer: what axum says in English text, this
/// says as filekit says everything, by a document in the language of the program.
///
/// # Errors
///
/// A query that is no `T`: `400` with the code `request.wrong-query`, and a line in the log that names route, field and
/// reason. A `T` that no query fits, such as `Query<u32>`, is a mistake in the program: `500`.
///
/// # Security
///
/// A visitor chooses the query. What `/doc?id=2` shows, and whether this visitor may see it, is for the handler to check.
///
/// # Examples
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use filekit_runtime::extract::Query;
///
/// #[derive(serde::Deserialize)]
/// struct Chosen {
///     page: Option<u32>,
/// }
///
/// async fn letters(Query(chosen): Query<Chosen>) -> String {
///     format!("page {}", chosen.page.unwrap_or(1))
/// }
///
/// let pages: Router = Router::new().route("/letters", get(letters));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Query<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(refusal(&rejection, parts, type_name::<T>())),
        }
    }
}

/// Why `Query<taken>` cannot be extracted: an address that does not fit, or a mistake in the program.
fn refusal(rejection: &QueryRejection, parts: &Parts, taken: &str) -> Error {
    // The prefix that axum adds says only that it is a query.
    let reason = rejection.source().map_or_else(|| rejection.to_string(), ToString::to_string);
    let route = route(parts);
    // serde's words for a type that is no map, whatever the query has.
    if reason.starts_with("invalid type: map,") {
        let reason = format!("{reason}: take a struct whose fields have the names of the query");
        return Unfit { taken: format!("Query<{taken}>"), route, reason }.into();
    }
    Rejection::wrong_query(route, reason).into_error()
}
