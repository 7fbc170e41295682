//! Downloads in views, which a browser makes by itself on a click. Those that events return are `effects.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::download::{Data, Download, DownloadError, MAX_IN_REPLY, Source, with_charset};
use crate::state::AllEventsInOneImplBlock;
use crate::types::sniff_type;
use crate::view::{Action, IntoAction, Step};
use crate::wire::action as name;

/// Makes `Download::url(..)` mean the same in `on_click`, where `Type::name(..)` is read as an
/// event of a state.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct DownloadEvents(());

impl DownloadEvents {
    /// See [`Download::url`].
    pub fn url(self, url: impl Into<String>) -> Download {
        Download::url(url)
    }

    /// See [`Download::data`].
    pub fn data(self, data: impl Data) -> Download {
        Download::data(data)
    }

    /// See [`Download::json`].
    pub fn json(self, value: &(impl serde::Serialize + ?Sized)) -> Download {
        Download::json(value)
    }
}

#[diagnostic::do_not_recommend]
impl AllEventsInOneImplBlock for Download {
    type Events = DownloadEvents;
    const EVENTS: DownloadEvents = DownloadEvents(());
}

impl IntoAction for Download {
    /// The browser fetches a URL by itself, and has data in the page. Every visitor of the page gets that, so there
    /// is a limit, and what is still to be made is left to events.
    fn into_action(self) -> Action {
        let command = self.checked().map_err(|error| error.to_string()).and_then(|download| in_page(&download));
        command.map(|command| Action::browser(&command)).unwrap_or_else(|error| {
            tracing::error!(?error, "a download in a view is not available");
            Action(Step::Failure("download.not-available"))
        })
    }
}

fn in_page(download: &Download) -> Result<DownloadCommand, String> {
    if let Source::Data(data) = &download.source
        && data.len() > MAX_IN_REPLY
    {
        return Err(format!("{} bytes are too many for a page, return them from an event", data.len()));
    }
    let command = DownloadCommand::of(download).map_err(|error| error.to_string())?;
    command.ok_or_else(|| "only a URL and data can be in a view, return other downloads from an event".to_owned())
}

/// A URL or data in the words of the browser.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum DownloadCommand {
    Url {
        action: &'static str,
        url: String,
        /// Without one the browser takes that of the answer.
        filename: Option<String>,
    },
    Data {
        action: &'static str,
        /// In base64.
        data: String,
        mime: String,
        filename: String,
    },
}

impl DownloadCommand {
    pub(crate) fn url(url: String, filename: Option<String>) -> Self {
        Self::Url { action: name::DOWNLOAD, url, filename }
    }

    /// The browser's form of a download, if it is a URL or data: one that is larger, or still to be made, has to be fetched.
    ///
    /// # Errors
    ///
    /// If the name of the download is none.
    pub(crate) fn of(download: &Download) -> Result<Option<Self>, DownloadError> {
        let filename = download.safe_filename()?;
        Ok(match &download.source {
            Source::Url(url) => Some(Self::url(url.clone(), filename.map(|name| name.to_string()))),
            Source::Data(data) => {
                let filename = filename.as_ref().map_or(download.nameless, |name| name.as_str()).to_owned();
                let mime =
                    with_charset(download.mime.clone().unwrap_or_else(|| sniff_type(data, &filename).to_owned()));
                Some(Self::Data { action: name::DOWNLOAD, data: STANDARD.encode(data), mime, filename })
            }
            _ => None,
        })
    }
}
