//! Files on the disk, one after the other, as a body brings them.

use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::Pin;

use axum_core::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::{AsyncRead as _, ReadBuf};

/// As much as the disk is asked for at once.
const PIECE: usize = 256 * 1024;

/// The content of these files.
pub(super) fn of_files(paths: Vec<PathBuf>) -> BodyDataStream {
    let pieces = stream::try_unfold((paths.into_iter(), None), |(mut paths, mut open)| async move {
        loop {
            let mut file: File = match open.take() {
                Some(file) => file,
                None => match paths.next() {
                    Some(path) => File::open(path).await?,
                    None => return Ok::<_, std::io::Error>(None),
                },
            };
            let mut piece = BytesMut::zeroed(PIECE);
            let mut filled = ReadBuf::new(&mut piece);
            poll_fn(|context| Pin::new(&mut file).poll_read(context, &mut filled)).await?;
            let read = filled.filled().len();
            piece.truncate(read);
            if read > 0 {
                return Ok(Some((Bytes::from(piece), (paths, Some(file)))));
            }
        }
    });
    Body::from_stream(pieces).into_data_stream()
}
