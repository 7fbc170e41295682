//! The outcome of the events of a form together.

use crate::download::{Download, Source};
use crate::event::{Effect, Effects};
use crate::page::AuthorisedEvent;
use crate::view::{Action, Step};
use crate::visitor::Toast;

/// The outcome of the events.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) toasts: Vec<Toast>,
    pub(super) redirect: Option<String>,
    pub(super) downloads: Vec<Download>,
}

impl Outcome {
    /// Notes the effects of an event, and returns the events that it wants to be called next. What only scripts can do is
    /// left out: there is no selection to be cleared.
    pub(super) fn take(&mut self, effects: Effects) -> Vec<AuthorisedEvent> {
        let mut next = Vec::new();
        for effect in effects.list {
            match effect {
                Effect::Toast(toast) => self.toasts.push(toast),
                Effect::Redirect(url) => self.redirect = Some(url),
                Effect::Download(download) => self.downloads.push(*download),
                Effect::Action(Action(Step::Event { offer, arguments, .. })) if arguments.is_empty() => {
                    next.extend(offer.into_grant().and_then(AuthorisedEvent::of));
                }
                Effect::Action(_) => tracing::debug!("an action that only scripts can do was left out"),
            }
        }
        next
    }
}

/// One answer is one file: several come as an archive.
pub(super) fn single(mut downloads: Vec<Download>) -> Option<Download> {
    if downloads.len() < 2 {
        return downloads.pop();
    }
    let (files, urls): (Vec<_>, Vec<_>) =
        downloads.into_iter().partition(|download| !matches!(download.source, Source::Url(_)));
    if !urls.is_empty() {
        tracing::warn!(
            urls = urls.len(),
            "a browser without scripts gets one of several downloads, or an archive of those without a URL"
        );
    }
    if files.is_empty() { urls.into_iter().next() } else { Some(Download::zip(files)) }
}
