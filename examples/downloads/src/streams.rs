//! Downloads that are sent while they are made: in constant memory, however much it is.

use std::convert::Infallible;
use std::time::Duration;

use filekit::prelude::*;
use futures_util::{StreamExt as _, stream};

use crate::parts::{part, row};

#[state]
#[derive(Default)]
pub(crate) struct Streams {}

#[state]
impl Streams {
    /// Each line goes out when it is made. A client that disconnects ends the stream.
    #[event]
    fn slowly(&self) -> Download {
        let lines = stream::iter(1..=10).then(async |number| {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Ok::<_, Infallible>(format!("line {number}\n"))
        });
        Download::stream(lines).filename("lines.txt")
    }

    /// Whatever can be read: a file, a pipe, a socket.
    #[event]
    async fn source(&self) -> Result<Download> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/streams.rs");
        let file = tokio::fs::File::open(path).await?;
        let length = file.metadata().await?.len();
        Ok(Download::reader(file)
            .filename("streams.rs.txt")
            .length(length))
    }
}

/// The card with streams.
pub(crate) fn streams() -> View {
    let rows = view![
        row(
            "A line each fifth of a second",
            view![button(on_click = Streams::slowly, "Stream")]
        ),
        row(
            "The code of this part, read from the disk",
            view![button(on_click = Streams::source, "Reader")]
        ),
    ];
    part(
        "While it is made",
        "The first byte goes out before the last one is there.",
        rows,
    )
}
