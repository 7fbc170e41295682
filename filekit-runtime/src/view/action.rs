//! Actions of `on_*` attributes: events and browser actions. The browser runs them in `client/src/act/actions.ts`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::offer::client::Expressions;
use crate::offer::{EventRef, Offer};
use crate::upload::UploadId;
use crate::view::ClientFile;
use crate::wire::action as name;

/// Something that the browser does by itself, without asking the server.
///
/// It is a value of `on_click` and its like, and those that name an upload can also be returned from an event.
#[derive(Clone, Debug)]
#[must_use = "an action does nothing until it stands in a view or is returned from an event"]
pub struct Action(pub(crate) Step);

/// One step of what an attribute sets off.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Calls an event. If `download` holds, a plain link has the same effect.
    Event { offer: Offer, arguments: Expressions, download: bool },
    /// JSON that the browser understands by itself.
    Browser(String),
    /// Says that something is not available, in the text of this key.
    Failure(&'static str),
}

impl Step {
    /// Tells whether it takes nothing from the page as it is in the browser.
    pub(crate) fn is_captured(&self) -> bool {
        match self {
            Self::Event { arguments, .. } => arguments.is_empty(),
            Self::Browser(_) | Self::Failure(_) => true,
        }
    }
}

/// The actions of one attribute, in their order.
#[derive(Debug, Default)]
pub struct Actions {
    /// Nearly all attributes have one action, which needs no memory of its own here.
    first: Option<Step>,
    more: Vec<Step>,
}

impl Actions {
    /// Starts with no action.
    #[must_use]
    pub const fn new() -> Self {
        Self { first: None, more: Vec::new() }
    }

    pub(crate) fn push(&mut self, action: Action) {
        match self.first {
            None => self.first = Some(action.0),
            Some(_) => self.more.push(action.0),
        }
    }

    /// The download that is all that these actions do: a link can replace them.
    pub(crate) fn as_download(&self) -> Option<&Offer> {
        match &self.first {
            Some(Step::Event { offer, download: true, .. }) if self.more.is_empty() => Some(offer),
            _ => None,
        }
    }

    /// Takes out the event that is all that these actions do, if nothing of its arguments comes from the page. None if they do anything else:
    /// they are as before then.
    pub(crate) fn take_captured_event(&mut self) -> Option<Offer> {
        let Self { first: Some(Step::Event { arguments, .. }), more } = &*self else { return None };
        if !arguments.is_empty() || !more.is_empty() {
            return None;
        }
        match self.first.take() {
            Some(Step::Event { offer, .. }) => Some(offer),
            _ => None,
        }
    }

    /// All steps in their order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.first.iter().chain(&self.more)
    }

    /// The first step, and the others.
    pub(crate) fn into_steps(self) -> (Option<Step>, Vec<Step>) {
        (self.first, self.more)
    }
}

/// A value that `on_click` and its like take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that an `on_*` attribute can do",
    label = "not an event and not a browser action",
    note = "write an event such as `MyState::save(..)`, or an action such as `clear_selected_files(\"id\")`"
)]
pub trait IntoAction {
    /// The action itself.
    fn into_action(self) -> Action;
}

impl IntoAction for Action {
    fn into_action(self) -> Action {
        self
    }
}

impl<M: crate::offer::Method> IntoAction for EventRef<M> {
    fn into_action(self) -> Action {
        let (offer, arguments) = self.into_parts();
        let download = M::IS_GET && arguments.is_empty();
        Action(Step::Event { offer, arguments, download })
    }
}

/// Takes every file out of an upload's selection. An upload that runs goes on; see [`cancel_upload`].
pub fn clear_selected_files(id: impl Into<UploadId>) -> Action {
    with_upload(name::CLEAR_SELECTED_FILES, id)
}

/// Makes the fields of the form with this `id` what the page first held, usually empty, and empties the selections of the
/// uploads in it.
///
/// Return it from an event that has kept what the form said, so that the next entry begins with an empty form. A field to which
/// the view gives a value gets that value; an upload that runs goes on. Without JavaScript the page loads anew after an event.
pub fn clear_form(id: impl AsRef<str>) -> Action {
    Action::browser(&serde_json::json!({ "action": name::CLEAR_FORM, "id": id.as_ref() }))
}

/// Stops an upload that runs; its files stay selected.
pub fn cancel_upload(id: impl Into<UploadId>) -> Action {
    with_upload(name::CANCEL_UPLOAD, id)
}

/// Pauses an upload that runs, until [`resume_upload`] goes on with it; what has arrived stays on the server.
///
/// An upload that an event reads while it arrives, by an `UploadStream`, begins anew when it is resumed.
pub fn pause_upload(id: impl Into<UploadId>) -> Action {
    with_upload(name::PAUSE_UPLOAD, id)
}

/// Goes on with an upload that was paused; one that waits for the connection tries again at once.
pub fn resume_upload(id: impl Into<UploadId>) -> Action {
    with_upload(name::RESUME_UPLOAD, id)
}

/// Forgets the uploads from before that have not come to their end, those that [`unfinished_files`] lists, and removes what
/// the server has of them. Files that are selected stay.
///
/// [`unfinished_files`]: crate::view::unfinished_files
pub fn discard_unfinished(id: impl Into<UploadId>) -> Action {
    with_upload(name::DISCARD_UNFINISHED, id)
}

/// Opens the browser's file dialog for an upload.
pub fn open_file_dialog(id: impl Into<UploadId>) -> Action {
    with_upload(name::OPEN_FILE_DIALOG, id)
}

/// Takes one file out of the selection.
pub fn remove_file(file: &impl ClientFile) -> Action {
    with_file(name::REMOVE_FILE, file)
}

/// Stops the upload of one file.
pub fn cancel_file(file: &impl ClientFile) -> Action {
    with_file(name::CANCEL_FILE, file)
}

/// Sends one file again that could not be sent.
pub fn retry_file(file: &impl ClientFile) -> Action {
    with_file(name::RETRY_FILE, file)
}

fn with_upload(action: &str, id: impl Into<UploadId>) -> Action {
    Action::browser(&serde_json::json!({ "action": action, "id": id.into().as_str() }))
}

fn with_file(action: &str, file: &impl ClientFile) -> Action {
    let mut json = String::new();
    // Writing to a `String` cannot fail.
    let _ = write!(json, r#"{{"action":"{action}","file":{}}}"#, file.json());
    Action(Step::Browser(json))
}

impl Action {
    pub(crate) fn browser(command: &impl Serialize) -> Self {
        // Text and numbers can always be written.
        Self(Step::Browser(serde_json::to_string(command).unwrap_or_default()))
    }
}
