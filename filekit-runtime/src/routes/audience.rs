//! The two audiences of answers: what a handler fails with is reported once, and answered to a script in JSON, to a person in a
//! document.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::call::stop_for_script;
use crate::error::AnsweredError;
use crate::kit::FileKit;
use crate::page::Stop;

/// Tells the client's script.
pub(crate) async fn for_script(State(kit): State<FileKit>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match AnsweredError::take(&mut response) {
        Some(error) => stop_for_script(&Stop::report(error.report(), kit.texts()), None),
        None => response,
    }
}

/// A document for a person: its title is the text of this key.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) kit: FileKit,
    pub(crate) title: &'static str,
}

/// Tells a person, who looks at the answer in place of a page.
pub(crate) async fn for_person(State(Person { kit, title }): State<Person>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    match AnsweredError::take(&mut response) {
        Some(error) => Stop::report(error.report(), kit.texts()).for_person(title, kit.texts()),
        None => response,
    }
}
