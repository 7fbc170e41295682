//! The commands of a reply: actions that the browser carries out after an event.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::download::{Download, Source};
use crate::error::Result;
use crate::event::{DownloadCommand, Effect, Effects};
use crate::guard::FileEventKind;
use crate::offer::client::Expression;
use crate::offer::{CapabilitySigner, CapabilityUse, FilesOffer, Offer, Uploads};
use crate::page::PageContext;
use crate::view::{Action, Step, harmless_url};
use crate::wire::{action as name, path};

/// A command to the browser.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Command {
    Toast {
        action: &'static str,
        kind: &'static str,
        text: String,
    },
    Redirect {
        action: &'static str,
        url: String,
    },
    Download(DownloadCommand),
    /// Call another event.
    Event {
        /// Its capability.
        event: String,
        /// The arguments that the browser evaluates.
        arguments: Vec<Box<RawValue>>,
    },
    /// An action that is allowed in views as well.
    Browser(Box<RawValue>),
}

impl Command {
    /// Sends the visitor to another page.
    pub(crate) fn redirect(url: &str) -> Self {
        Self::Redirect { action: name::REDIRECT, url: harmless_url(url).to_owned() }
    }

    fn toast(kind: &'static str, text: String) -> Self {
        Self::Toast { action: name::TOAST, kind, text }
    }

    fn event(offer: &Offer, arguments: &[Expression], context: &PageContext, uploads: &Uploads) -> Result<Self> {
        let evaluated = arguments.iter().map(|argument| RawValue::from_string(argument.json().to_owned()));
        let evaluated = evaluated.collect::<Result<_, _>>()?;
        let (seen, mut event) = (context.visit().seen(), String::new());
        let write = |grant: &mut Vec<u8>| match FilesOffer::new(offer, arguments) {
            Some(files) => files.write_grant(Some(seen), uploads, grant),
            None => offer.write_grant(Some(seen), grant),
        };
        CapabilitySigner::new(context.visit(), CapabilityUse::Call).sign(write, &mut event);
        Ok(Self::Event { event, arguments: evaluated })
    }

    /// A small download travels along; a larger one waits to be fetched.
    async fn download(download: Download, context: &PageContext) -> Result<Self> {
        if matches!(download.source, Source::Url(_) | Source::Data(_))
            && let Some(command) = DownloadCommand::of(&download)?
        {
            if let (DownloadCommand::Data { filename, .. }, Source::Data(data)) = (&command, &download.source) {
                tell_served(filename, data.len() as u64, context);
            }
            return Ok(Self::Download(command));
        }
        let kit = context.kit();
        let opened = download.into_file()?;
        let filename = opened.name.clone();
        let token = kit.local().pending.put(context.session(), context.page(), opened).await?;
        let url = format!("{}{}?{token}", context.base(), path::FETCH);
        Ok(Self::Download(DownloadCommand::url(url, Some(filename))))
    }

    async fn of(effect: Effect, context: &PageContext, uploads: &Uploads) -> Result<Self> {
        Ok(match effect {
            Effect::Toast(toast) => Self::toast(toast.kind, toast.text),
            Effect::Redirect(url) => Self::redirect(&url),
            Effect::Action(Action(Step::Browser(json))) => Self::Browser(RawValue::from_string(json)?),
            Effect::Action(Action(Step::Failure(text))) => Self::toast("error", context.texts().say(text, &[])),
            Effect::Action(Action(Step::Event { offer, arguments, .. })) => {
                Self::event(&offer, &arguments, context, uploads)?
            }
            Effect::Download(download) => Self::download(*download, context).await?,
        })
    }
}

/// Tells the observers of events of a download that travels along.
fn tell_served(name: &str, bytes: u64, context: &PageContext) {
    if let Some(watch) = context.visit().watch() {
        watch.emit(FileEventKind::Served, |event| event.with_name(name).with_bytes(bytes));
    }
}

/// The effects of an event in the words of the browser, on a page with these uploads.
///
/// # Errors
///
/// If a download cannot be encoded.
pub(crate) async fn commands(effects: Effects, context: &PageContext, uploads: &Uploads) -> Result<Vec<Command>> {
    let mut commands = Vec::with_capacity(effects.list.len());
    for effect in effects.list {
        commands.push(Command::of(effect, context, uploads).await?);
    }
    Ok(commands)
}
