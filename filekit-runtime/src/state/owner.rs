//! Whose a state is: a session's, everyone's, that of a page's path, or what a program says.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt::Display;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::extract::Path;
use crate::state::State;
use crate::visitor::{OwnerKey, SessionId};

/// The owner of a state: what is extracted of a request, and says by its key which of all states of a type is meant.
///
/// `#[state(owner = User)]` gives each user a state of their own, on all of their devices; `#[state(owner = Path<RoomId>)]` each
/// room of `/rooms/{room}`; `#[state(owner = Everyone)]` is one state for all. Without it the owner is the visitor's session
/// ([`SessionId`]).
///
/// [`Current<S>`](crate::state::Current) extracts the owner from the request of the page, and shows its state. If the extractor refuses,
/// as that of a user does who is not signed in, its answer is that of the page. Events of one owner run one after the other,
/// of whichever visitor, and the documents of all who were shown the state follow it.
///
/// # Security
///
/// The page decides whose state it shows: an owner that is read from a path is whatever the visitor writes there, unless a layer or the
/// handler checks that this visitor may go there. An event that a page offers is bound to the owner that the page showed: a page that was made for one
/// user calls nothing for the next one in the same browser.
///
/// # Examples
///
/// ```
/// use std::borrow::Cow;
///
/// use axum::extract::FromRequestParts;
/// use axum::http::StatusCode;
/// use axum::http::request::Parts;
/// use filekit_runtime::state::Owner;
///
/// /// Who is signed in, as a layer around the pages has found out.
/// #[derive(Clone)]
/// struct User {
///     id: u64,
/// }
///
/// impl<S: Sync> FromRequestParts<S> for User {
///     type Rejection = StatusCode;
///
///     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
///         parts.extensions.get::<Self>().cloned().ok_or(StatusCode::UNAUTHORIZED)
///     }
/// }
///
/// impl Owner for User {
///     fn key(&self) -> Cow<'_, str> {
///         self.id.to_string().into()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the owner of a state",
    label = "not an owner",
    note = "ready are `SessionId`, `Everyone` and `Path<T>` of a `T` that can be displayed",
    note = "a type of your own implements `axum::extract::FromRequestParts` and `filekit::state::Owner`"
)]
pub trait Owner: FromRequestParts<()> + Send {
    /// Whether it is the session, whose states move along when it is renewed and go when it ends.
    #[doc(hidden)]
    const IS_SESSION: bool = false;

    /// Tells this owner from all others of its type; the same on every server, and after a restart.
    fn key(&self) -> Cow<'_, str>;
}

impl Owner for SessionId {
    const IS_SESSION: bool = true;

    fn key(&self) -> Cow<'_, str> {
        self.to_text().into()
    }
}

/// The owner of a state that there is once, for all visitors.
///
/// # Examples
///
/// ```
/// # async fn shown<S: filekit_runtime::state::State<Owner = filekit_runtime::state::Everyone>>(
/// #     filekit: filekit_runtime::FileKit,
/// #     change: fn(&mut S),
/// # ) -> filekit_runtime::Result<()> {
/// use filekit_runtime::state::Everyone;
///
/// filekit.update::<S>(&Everyone, |board| change(board)).await
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Everyone;

impl<S: Sync> FromRequestParts<S> for Everyone {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

impl Owner for Everyone {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
}

/// A state for each value of the path's parameter.
impl<T: DeserializeOwned + Display + Send> Owner for Path<T> {
    fn key(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }
}

impl<T: DeserializeOwned + Display + Send> Owner for axum::extract::Path<T> {
    fn key(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }
}

/// The key of an owner that a program names. That of a session is the text of its bytes.
pub(crate) fn key_of<O: Owner>(owner: &O) -> OwnerKey {
    let key = owner.key();
    match O::IS_SESSION.then(|| SessionId::of_text(&key)).flatten() {
        Some(session) => OwnerKey::Session(session),
        None => OwnerKey::Text(key.into()),
    }
}

/// The owner of the state `S` for a request in a session.
///
/// # Errors
///
/// If there is none for the request: what its extractor answers.
pub(crate) async fn extract_owner<S: State>(parts: &mut Parts, session: SessionId) -> Result<OwnerKey, Response> {
    if S::Owner::IS_SESSION {
        return Ok(OwnerKey::Session(session));
    }
    let extracted = <S::Owner as FromRequestParts<()>>::from_request_parts(parts, &()).await;
    extracted.map(|owner| OwnerKey::Text(owner.key().into())).map_err(|rejection| rejection.into_response())
}
