//! The routes of a filekit: the table, and for each route a file that reads the request, has it admitted, and answers.

mod assets;
mod audience;
mod client;
mod development;
mod download;
mod endpoint;
mod event;
mod fetch;
mod form;
mod guard;
mod health;
mod json;
mod live;
mod own_hosts;
mod page_style;
mod partial;
mod plan;
mod stored;
mod table;
mod upload;
mod upload_headers;
mod view;
mod watched;

#[cfg(fuzzing)]
pub use endpoint::fuzzing;
pub(crate) use table::router;

use std::borrow::Cow;

use axum::extract::RawPathParams;
use http::Uri;
use percent_encoding::percent_decode_str;

/// The name of the last component of a route whose requests go on to pages. axum adds up the parameters of all routes that a
/// request meets, so that a page would have it among its own, and `Path` one too many. But a name that begins as that of the rest of
/// a nested path is left out by axum; [`last_component`] reads what it stands for.
const UNLISTED: &str = "__private__axum_nest_tail_param_of_filekit";

/// The last component of a URL.
fn last_component(uri: &Uri) -> Cow<'_, str> {
    let (_, last) = uri.path().rsplit_once('/').unwrap_or_default();
    percent_decode_str(last).decode_utf8_lossy()
}

/// The parameter `name` of the route. There may be others: those of the path that filekit is nested under.
fn parameter(parameters: &RawPathParams, name: &str) -> String {
    let found = parameters.iter().find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}
