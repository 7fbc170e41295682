//! Receives the files of a request into spool files.

use std::collections::HashMap;

use tracing::Instrument as _;

use crate::error::Result;
use crate::spans;
use crate::storage::storage_error;
use crate::upload::arrival::Arrival;
use crate::upload::file::FileStore;
use crate::upload::strip::strip;
use crate::upload::{FileHead, FileSource, UploadFile, UploadId};

/// The files of a request, by the upload that they came from.
pub type Received = HashMap<UploadId, Vec<UploadFile>>;

/// Receives all files.
///
/// # Errors
///
/// If the body is not what the page would send, or breaks off, or if the disk fails. No file is left then.
pub async fn receive(files: &mut impl FileSource, store: &FileStore) -> Result<Received> {
    let span = spans::upload();
    let received = receive_all(files, store).instrument(span.clone()).await?;
    span.record("bytes", received.values().flatten().map(UploadFile::size).sum::<u64>());
    store.saves.charge().end_arrival();
    Ok(received)
}

async fn receive_all(files: &mut impl FileSource, store: &FileStore) -> Result<Received> {
    let mut received = Received::new();
    while let Some(head) = files.next_file().await? {
        let upload = head.upload.clone();
        received.entry(upload).or_default().push(receive_file(files, head, store, (Arrival::begin(), 0)).await?);
    }
    Ok(received)
}

/// Receives the file at hand, which has this head, or what is left of it after so many bytes of its arrival.
///
/// # Errors
///
/// As [`receive`].
pub(crate) async fn receive_file(
    files: &mut impl FileSource,
    head: FileHead,
    store: &FileStore,
    (mut arrival, offset): (Arrival, u64),
) -> Result<UploadFile> {
    let mut writer = store.spool.begin();
    while let Some(piece) = files.piece().await? {
        store.saves.charge().arrive(piece.len() as u64)?;
        writer = writer.write(piece).await.map_err(storage_error)?;
    }
    let mut judged = files.judged()?;
    let mut received = writer.finish_small().await.map_err(storage_error)?;
    arrival.end(&head.path.name(), offset + received.1);
    if let Some(stripped) = strip(received.0.source(), &judged, &head, &store.spool).await? {
        if judged.sha256.is_some() {
            judged.sha256 = Some(stripped.0.source().sha256().await.map_err(storage_error)?);
        }
        received = stripped;
    }
    Ok(UploadFile::new(head, judged, received, store.clone()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum_core::body::Body;
    use bytes::Bytes;
    use futures_util::{StreamExt as _, stream};
    use http::HeaderMap;
    use http::header::CONTENT_TYPE;

    use super::*;
    use crate::storage::{Disk, SaveTransaction, Spool, StoredFiles};
    use crate::upload::{IncomingBody, Parts, RuleBook, Rules};

    /// What stands before the files of these bodies.
    #[derive(serde::Deserialize)]
    struct First {
        #[serde(default)]
        sizes: Vec<u64>,
    }

    async fn receive_from(body: Body) -> Result<Received> {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::open(folder.path()).unwrap();
        let spool = Spool::open(&disk).unwrap();
        let store = FileStore { files: StoredFiles::on_disk(disk), spool, saves: SaveTransaction::default().share() };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "multipart/form-data; boundary=x".parse().unwrap());
        let body = IncomingBody::new(&headers, body.into_data_stream(), u64::MAX);
        let mut parts = Parts::open(&headers, &body)?;
        let first: First = parts.first_json("call").await?;
        let rules = RuleBook::new(vec![("a".into(), Rules::default())]);
        receive(&mut parts.files(rules, first.sizes)?, &store).await
    }

    /// Receives a file that comes in `pieces` of so many bytes, one each so many seconds. The clock is not the real one.
    async fn receive_slowly(pieces: usize, size: usize, seconds: u64) -> Result<u64, String> {
        let head = "--x\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\n\
{}\r\n\
             --x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n";
        let content = stream::repeat(Bytes::from(vec![b'x'; size])).take(pieces).then(move |piece| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            piece
        });
        let body = stream::iter([Bytes::from_static(head.as_bytes())])
            .chain(content)
            .chain(stream::iter([Bytes::from_static(b"\r\n--x--\r\n")]));
        let body = Body::from_stream(body.map(Ok::<_, std::io::Error>));
        let received = receive_from(body).await.map_err(|error| error.to_string())?;
        Ok(received.values().flatten().map(UploadFile::size).sum())
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_keeps_up_may_take_hours() {
        assert_eq!(receive_slowly(400, 40 * 1024, 20).await, Ok(400 * 40 * 1024));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_trickles_is_cut_off() {
        let error = receive_slowly(10_000, 100, 5).await.unwrap_err();
        assert!(error.starts_with("upload.too-slow"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_takes_no_longer_than_one_without_files() {
        // Quick enough for a file, but what is held of it grows.
        let head = "--x\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\n";
        let json = stream::repeat(Bytes::from(vec![b' '; 10 * 1024])).then(|piece| async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            piece
        });
        let body = stream::iter([Bytes::from_static(head.as_bytes())]).chain(json);
        let begun = tokio::time::Instant::now();
        let error = receive_from(Body::from_stream(body.map(Ok::<_, std::io::Error>))).await.unwrap_err().to_string();
        assert!(error.starts_with("upload.silent"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(31), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_call_claims_no_more_files_than_can_come() {
        let sizes = vec!["0"; 500_000].join(",");
        let call = format!(r#"{{"sizes":[{sizes}]}}"#);
        let body = format!("--x\r\nContent-Disposition: form-data; name=\"call\"\r\n\r\n{call}\r\n--x--\r\n");
        let error = receive_from(Body::from(body)).await.unwrap_err().to_string();
        assert!(error.starts_with("upload.too-many-files"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_falls_silent_is_cut_off() {
        let error = receive_slowly(2, 1024 * 1024, 31).await.unwrap_err();
        assert!(error.starts_with("upload.silent"), "{error}");
    }
}
