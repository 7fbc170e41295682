//! Makes a download complete before its event has succeeded.

use std::sync::Arc;

use bytes::BytesMut;
use futures_util::StreamExt as _;

use crate::download::open::{not_stored, stored_key};
use crate::download::{Download, Prepared, Source};
use crate::error::Result;
use crate::storage::{SaveLog, Spool, SpooledFile, StoredFiles, VisitorRoom, storage_error};

/// Up to this size a download travels inside of the reply.
pub const MAX_IN_REPLY: usize = 64 * 1024;

/// Where the downloads of an event are made complete, which are not its answer but told of in it.
#[derive(Clone, Debug)]
pub struct DownloadSpooler {
    /// The stored files.
    pub files: StoredFiles,
    /// Where what is made goes.
    pub spool: Spool,
    /// What the event has saved: it may hand over what it has just replaced.
    pub saves: SaveLog,
    /// How much may wait there.
    pub room: VisitorRoom,
}

impl DownloadSpooler {
    /// The same download, small and in memory or a file on the disk; a URL stays one.
    ///
    /// # Errors
    ///
    /// If it cannot be made, there is no room for it, or the disk fails.
    pub async fn prepare(&self, download: Download) -> Result<Download> {
        match &download.source {
            Source::Data(data) if data.len() > MAX_IN_REPLY => self.complete(download).await,
            Source::Stream(_) | Source::Zip(_) => self.complete(download).await,
            Source::Stored(key) => {
                let key = stored_key(key)?;
                if !self.saves.will_replace(&key) {
                    let found = self.files.find(&key).await;
                    let found = found.and_then(|found| found.ok_or(std::io::ErrorKind::NotFound.into()));
                    found.map_err(|error| not_stored(error, &key))?;
                }
                Ok(download)
            }
            Source::Url(_) | Source::Data(_) | Source::Broken(_) | Source::Spooled(_) => Ok(download),
        }
    }

    async fn complete(&self, download: Download) -> Result<Download> {
        let Prepared { name, mime, inline, content } = download.open(&self.files).await?;
        let done = |source| Download { filename: Some(name), mime: mime.clone(), inline, ..Download::of(source) };
        let mut stream = content.into_stream(&self.files).await?;
        let mut small = BytesMut::new();
        let next = loop {
            match stream.next().await.transpose()? {
                None => return Ok(done(Source::Data(small.freeze()))),
                Some(chunk) if small.len() + chunk.len() > MAX_IN_REPLY => break chunk,
                Some(chunk) => small.extend_from_slice(&chunk),
            }
        };
        let (mut writer, mut room) = (self.spool.begin(), self.room.begin()?);
        let mut chunks = [Ok(small.freeze()), Ok(next)].into_iter();
        while let Some(chunk) = match chunks.next() {
            Some(chunk) => Some(chunk),
            None => stream.next().await,
        } {
            let chunk = chunk?;
            self.room.grow(&mut room, chunk.len())?;
            writer = writer.write(chunk).await.map_err(storage_error)?;
        }
        let file = writer.finish().await.map_err(storage_error)?;
        Ok(done(Source::Spooled(Arc::new(SpooledFile { _room: Some(room), ..file }))))
    }
}
