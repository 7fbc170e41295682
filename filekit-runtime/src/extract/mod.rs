//! Extractors of a page's address. The extractor of a visitor's state is [`Current`](crate::state::Current).

mod path;
mod query;

pub use path::Path;
pub use query::Query;

use axum::extract::MatchedPath;
use http::request::Parts;

/// The route of a request, as the program writes it; the path where no route has matched.
fn route(parts: &Parts) -> String {
    let matched = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    matched.unwrap_or_else(|| parts.uri.path()).to_owned()
}

/// The handler takes a value that no address of its route has: a mistake in the program.
#[derive(Debug)]
struct Unfit {
    /// The extractor, as the program writes it.
    taken: String,
    route: String,
    reason: String,
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` does not fit `{}`: {}", self.taken, self.route, self.reason)
    }
}

impl std::error::Error for Unfit {}
