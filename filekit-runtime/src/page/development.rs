//! What a document in development is told of the program that has made it, so that it shows the next one by itself: the document of a page,
//! and that of an error in its place. It is asked for by `routes/development.rs`.

use crate::kit::FileKit;
use crate::page::client::{DEVELOPMENT, SCRIPT, STYLE, version_of};
use crate::texts::for_browser;
use crate::wire::path;

/// The running program in development, as `START.FRAME`; none if it is not in development.
///
/// The frame is a version of what documents have around their views: scripts, default style, words. A new view is shown in a document that
/// is there; a new frame takes a new document.
pub(crate) fn program(kit: &FileKit) -> Option<String> {
    let start = kit.local().development?;
    let config = kit.config();
    let follows = if config.live { "live" } else { "" };
    let words = for_browser(&config.texts).unwrap_or_default();
    let versions = [SCRIPT.version(), DEVELOPMENT.version(), STYLE.version(), config.texts.lang(), follows, &words];
    Some(format!("{start}.{}", version_of(versions.join("\n").as_bytes())))
}

/// The element that loads the script of documents in development.
pub(crate) fn script(base: &str) -> String {
    let (script, version) = (path::DEVELOPMENT_SCRIPT, DEVELOPMENT.version());
    format!("<script type=\"module\" src=\"{base}{script}?version={version}\"></script>\n")
}
