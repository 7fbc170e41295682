//! A quota of the environment.

use axum::http::StatusCode;
use filekit_tests::{Server, UploadDir};

#[tokio::test]
async fn an_operator_sets_the_quota_without_the_program() {
    let files = UploadDir::new();
    let server = Server::start_with(&files, &[("FILEKIT_QUOTA", "per_owner=1 MB, parallel=2")]).await;
    let mut visitor = server.visitor().await;
    let reply = visitor.upload("file_upload", [("a.bin", vec![1; 900_000])]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    let reply = visitor.upload("file_upload", [("b.bin", vec![1; 200_000])]).await;
    assert_eq!(reply.code(), "quota.full", "{}", reply.text());
}

#[tokio::test]
async fn a_bound_that_is_none_is_told_with_what_to_write() {
    let files = UploadDir::new();
    let error = Server::refusing_to_start(&files, &[("FILEKIT_QUOTA", "total=lots")]).await;
    let said = "Error: `total=lots` in `FILEKIT_QUOTA` is no bound: write them like `per_owner=1 GB,total=200 GB,keep_free=5 GB`, or \
                `per_address=4 GB`, `uploads_per_minute=60`, `parallel=4`";
    assert_eq!(error.trim_end(), said);
}

#[tokio::test]
async fn visitors_of_one_address_share_a_bound_however_many_sessions_they_make() {
    let files = UploadDir::new();
    let quota = [("FILEKIT_QUOTA", "per_owner=100 KB, per_address=250 KB"), ("FILEKIT_TRUSTED_PROXIES", "127.0.0.1")];
    let server = Server::start_with(&files, &quota).await;
    let mut taken = 0;
    for nth in 0..5 {
        let mut visitor = server.visitor().await;
        visitor.always_send("x-forwarded-for", "203.0.113.7");
        let reply = visitor.upload("file_upload", [(format!("{nth}.bin"), vec![1; 90_000])]).await;
        match reply.status() {
            StatusCode::OK => taken += 1,
            _ => assert_eq!(reply.code(), "quota.full", "{}", reply.text()),
        }
    }
    assert_eq!(taken, 2);
    let mut other = server.visitor().await;
    other.always_send("x-forwarded-for", "203.0.113.8");
    let reply = other.upload("file_upload", [("a.bin", vec![1; 90_000])]).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
}
