//! The routes of a filekit: the table, and for each route a file that reads the request, has it admitted, and answers.

mod assets;
mod audience;
mod client;
mod download;
mod endpoint;
mod event;
mod fetch;
mod form;
mod guard;
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

#[cfg(fuzzing)]
pub use endpoint::fuzzing;
pub(crate) use table::router;

use axum::extract::RawPathParams;

/// The parameter `name` of the route. There may be others: those of the path that filekit is nested under.
fn parameter(parameters: &RawPathParams, name: &str) -> String {
    let found = parameters.iter().find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_owned()).unwrap_or_default()
}
