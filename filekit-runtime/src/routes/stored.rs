//! The route of stored files: who may have which.

use std::io;

use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;

use crate::error::{FileRejection, Rejection, Result};
use crate::kit::FileKit;
use crate::routes::parameter;
use crate::serving::{Kind, answer_link};
use crate::storage::{FileKey, storage_error};

/// Answers `GET` and `HEAD` of `/_upload/{*key}`. A file that may not be read is as if it were not there.
pub(crate) async fn handle(
    State(kit): State<FileKit>,
    parameters: RawPathParams,
    request: Request,
) -> Result<Response> {
    let key = parameter(&parameters, "key");
    let urls = &kit.config().urls;
    let (parts, _) = request.into_parts();
    let key = FileKey::parse(&key).filter(|key| urls.allows(key.as_str(), parts.uri.query()));
    let key = key.ok_or(Rejection::NotFound)?;
    let kind = Kind::Uploaded { public: urls.are_public() };
    let answered = answer_link(&key, kind, parts.method, parts.headers, &kit.shared().files).await;
    answered.map_err(|error| match error.kind() {
        // A key alone can be a guess; what was signed was there.
        io::ErrorKind::NotFound if urls.are_public() => Rejection::NotFound.into(),
        io::ErrorKind::NotFound => FileRejection::file_gone(key.name()).into(),
        _ => storage_error(error),
    })
}

#[cfg(test)]
mod tests {
    use crate::storage::UrlSigner;
    use crate::wire::path;

    #[test]
    fn files_are_served_where_their_urls_lead() {
        assert_eq!(path::FILES, UrlSigner::PATH);
    }
}
