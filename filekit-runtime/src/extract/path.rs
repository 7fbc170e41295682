//! The parameters of a page's path. The query is `query.rs`.

use std::any::type_name;
use std::ops::{Deref, DerefMut};

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::error::{Error, Rejection, Result};
use crate::extract::{Unfit, route};

/// The parameters of the page's path: an argument of a page's handler, or an `#[extract]` parameter of an event.
///
/// It reads what axum's own `Path` reads: one parameter as any type that `serde` reads from a text, several as a tuple in the
/// order of the route, or as a struct whose fields have the names of the parameters. `Option<Path<T>>` is `None` on a route
/// without parameters. It differs in its answer: what axum says in English text, this says as filekit says everything, by a
/// document in the language of the program.
///
/// # Errors
///
/// A value that is no `T` makes the page one that does not exist: `404` with the code `request.wrong-path`, and a line in the
/// log that names route, parameter and reason. A `T` that no path of the route fits is a mistake in the program: `500`, and
/// the log says what to take instead.
///
/// # Security
///
/// A visitor chooses the path. That a page with this path exists, and that this visitor may see it, is for the handler to
/// check.
///
/// # Examples
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use filekit_runtime::extract::Path;
///
/// async fn document(Path(number): Path<u32>) -> String {
///     format!("document {number}")
/// }
///
/// async fn photo(Path((album, photo)): Path<(String, u32)>) -> String {
///     format!("photo {photo} of {album}")
/// }
///
/// let pages: Router = Router::new()
///     .route("/document/{number}", get(document))
///     .route("/album/{album}/{photo}", get(photo));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T> Deref for Path<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Path<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        type Axum<T> = axum::extract::Path<T>;
        match <Axum<T> as FromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(refusal(rejection, parts, type_name::<T>()).await),
        }
    }
}

impl<T, S> OptionalFromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send + 'static,
    S: Send + Sync,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>> {
        type Axum<T> = axum::extract::Path<T>;
        match <Axum<T> as OptionalFromRequestParts<S>>::from_request_parts(parts, state).await {
            Ok(value) => Ok(value.map(|axum::extract::Path(value)| Self(value))),
            Err(rejection) => Err(refusal(rejection, parts, type_name::<T>()).await),
        }
    }
}

/// The type to take if one fits no path of a route.
const CURE: &str = "take one parameter as it is, several as a tuple in the order of the route, or all as a struct whose \
                    fields have their names";

/// Why `Path<taken>` cannot be extracted: a page that does not exist, or a mistake in the program.
async fn refusal(rejection: PathRejection, parts: &mut Parts, taken: &str) -> Error {
    let names = names(parts).await;
    let route = route(parts);
    let unfit = |reason: String| Unfit { taken: format!("Path<{taken}>"), route: route.clone(), reason }.into();
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return unfit("no route has matched this request".to_owned());
    };
    let name_at = |index: usize| names.get(index).map_or("?", String::as_str);
    let reason = match failed.into_kind() {
        ErrorKind::WrongNumberOfParameters { got, expected } => {
            let names = names.join("`, `");
            let names = if got == 0 { String::new() } else { format!(" (`{names}`)") };
            return unfit(format!("it takes {expected}, and the route has {got}{names}: {CURE}"));
        }
        ErrorKind::UnsupportedType { name } => {
            return unfit(format!("a `{name}` cannot be read from a parameter: {CURE}"));
        }
        ErrorKind::Message(message) if is_of_program(&message) => return unfit(format!("{message}: {CURE}")),
        ErrorKind::ParseErrorAtKey { key, value, expected_type } => no_such(&key, &value, expected_type),
        ErrorKind::ParseErrorAtIndex { index, value, expected_type } => no_such(name_at(index), &value, expected_type),
        ErrorKind::ParseError { value, expected_type } => no_such(name_at(0), &value, expected_type),
        ErrorKind::InvalidUtf8InPathParam { key } => format!("`{key}` is no UTF-8"),
        ErrorKind::DeserializeError { key, message, .. } => format!("`{key}`: {message}"),
        // Of one of several parameters, and axum does not say of which.
        ErrorKind::Message(message) if names.len() > 1 => message,
        ErrorKind::Message(message) => format!("`{}`: {message}", name_at(0)),
        other => other.to_string(),
    };
    Rejection::wrong_path(route, reason).into_error()
}

fn no_such(parameter: &str, value: &str, expected: &str) -> String {
    let value: String = value.chars().take(80).collect();
    format!("`{parameter}` is no `{expected}`: `{value}`")
}

/// Whether a type lacks something that no path of the route has, so that no visitor can mend it. These are the words of
/// `serde::de::Error`, which axum hands on.
fn is_of_program(message: &str) -> bool {
    ["missing field `", "unknown field `", "duplicate field `"].iter().any(|words| message.starts_with(words))
}

/// The names of the route's parameters; none if one of their values is no UTF-8.
async fn names(parts: &mut Parts) -> Vec<String> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    params.iter().flatten().map(|(name, _)| name.to_owned()).collect()
}
