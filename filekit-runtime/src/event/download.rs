//! Downloads in views: what a browser does by itself on a click; not what events return.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::download::{Data, Download, MAX_IN_REPLY, Source, with_charset};
use crate::state::AllEventsInOneImplBlock;
use crate::types::judge;
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
    /// The browser fetches a URL by itself, and has data in the page. Everybody who looks at the page gets that, so there
    /// is a limit, and what is still to be made is left to events.
    fn into_action(self) -> Action {
        let json = self.checked().map_err(|error| error.to_string()).and_then(|download| in_page(&download));
        json.map(|json| Action::browser(&json)).unwrap_or_else(|error| {
            tracing::error!(?error, "a download in a view is not available");
            Action(Step::Failure("download.not-available"))
        })
    }
}

fn in_page(download: &Download) -> Result<serde_json::Value, String> {
    let data = match &download.source {
        Source::Data(data) if data.len() > MAX_IN_REPLY => {
            return Err(format!("{} bytes are too many for a page, return them from an event", data.len()));
        }
        Source::Url(_) | Source::Data(_) => small_action(download),
        _ => return Err("only a URL and data can be in a view, return other downloads from an event".to_owned()),
    };
    data.map_err(|error| error.to_string())
}

/// A URL or data in the words of the browser.
///
/// # Errors
///
/// If the name is none.
pub(crate) fn small_action(download: &Download) -> Result<serde_json::Value, crate::download::DownloadError> {
    let filename = download.safe_filename()?;
    Ok(match &download.source {
        Source::Url(url) => {
            let filename = filename.as_ref().map(|name| name.as_str());
            serde_json::json!({ "action": name::DOWNLOAD, "url": url, "filename": filename })
        }
        Source::Data(data) => {
            let filename = filename.as_ref().map_or(download.nameless, |name| name.as_str());
            let mime = with_charset(download.mime.clone().unwrap_or_else(|| judge(data, filename).to_owned()));
            let data = STANDARD.encode(data);
            serde_json::json!({ "action": name::DOWNLOAD, "data": data, "mime": mime, "filename": filename })
        }
        _ => unreachable!("only these are small"),
    })
}
