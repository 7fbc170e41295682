//! What programs ask that watch a server: whether it answers, and whether it can do its work. They are answered under any host name,
//! since load balancers ask by addresses; nothing of it is a secret.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::kit::FileKit;
use crate::routes::json::json_answer;

/// Answers `GET /_filekit/health`: the server answers.
pub(crate) async fn health() -> Response {
    json_answer(StatusCode::OK, HeaderMap::new(), &json!({ "healthy": true }))
}

/// Answers `GET /_filekit/ready`: whether the server can be asked for pages and files, and if not, why.
pub(crate) async fn ready(State(kit): State<FileKit>) -> Response {
    let problems = kit.problems().await;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    json_answer(status, HeaderMap::new(), &json!({ "ready": problems.is_empty(), "problems": problems }))
}
