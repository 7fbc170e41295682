//! A drive: folders of files, to upload, rename, move, remove and download, one by one or several as an archive. The storage is all that
//! it knows, so it shows what is there, no matter what has put it there, and all visitors of the program share one drive.
//!
//! Run it with `cargo run -p example-drive`. The files are in `uploaded_files`, or in a bucket:
//! `FILEKIT_STORAGE=s3://bucket/prefix AWS_REGION=.. AWS_ACCESS_KEY_ID=.. AWS_SECRET_ACCESS_KEY=.. cargo run -p example-drive`.

mod drive;
mod listing;
mod page;
mod panel;
mod row;
mod words;

use filekit::axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use filekit::axum::response::IntoResponse;
use filekit::prelude::*;

async fn styles() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("drive.css"))
}

#[tokio::main]
async fn main() -> Result<()> {
    let pages = Router::new()
        .route("/", get(page::root))
        .route("/folder/{*folder}", get(page::folder))
        .route("/drive.css", get(styles));
    filekit::serve(pages).await
}
