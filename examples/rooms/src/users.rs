//! Who is signed in: the users, the state of a session that says which of them it is, and the layer that lets only users in.

use std::borrow::Cow;

use filekit::axum::extract::{FromRequestParts, Request};
use filekit::axum::http::StatusCode;
use filekit::axum::http::request::Parts;
use filekit::axum::middleware::Next;
use filekit::axum::response::{IntoResponse as _, Redirect, Response};
use filekit::prelude::*;

use crate::room::RoomId;

/// Names and passwords. Have your users in a database, with hashes that are made for passwords (Argon2), and compare by the
/// function that comes with them.
const USERS: [(&str, &str); 3] = [("ann", "nna"), ("ben", "neb"), ("eve", "eve")];

/// A user who is signed in: the owner of a desk, and who brings files to rooms.
#[derive(Clone)]
pub(crate) struct User(String);

impl User {
    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

/// A page, and an event of it, gets the user from the layer around the page.
impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let user = parts.extensions.get::<Self>().cloned();
        user.ok_or(StatusCode::UNAUTHORIZED)
    }
}

impl Owner for User {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

/// The user of a session. Its cookie is filekit's: signed, `HttpOnly` and `SameSite=Lax`.
#[state]
#[derive(Default)]
pub(crate) struct Account {
    user: Option<String>,
}

#[state]
impl Account {
    /// Signs in, and goes to the room that was asked for. The session is renewed: one that another party has set or knows does not
    /// become that of a user.
    #[event]
    fn sign_in(
        &mut self,
        room: Option<RoomId>,
        name: String,
        password: String,
    ) -> Result<(RenewSession, Redirect)> {
        if !USERS.contains(&(name.as_str(), password.as_str())) {
            return Err(Error::user("Name or password is wrong."));
        }
        self.user = Some(name);
        let path = room.map_or_else(|| "/".to_owned(), |room| room.path());
        Ok((RenewSession, Redirect::to(&path)))
    }

    /// Signs out. With the session ends what its pages offer: they do nothing for the next user of the browser.
    #[event]
    pub(crate) async fn sign_out(
        &self,
        #[extract] filekit: FileKit,
        #[extract] session: SessionId,
    ) -> Result<Redirect> {
        filekit.end_session(&session).await?;
        Ok(Redirect::to("/sign-in"))
    }
}

/// Lets users in, and leads all others to the page where they sign in. It is asked before every page, event, upload and download.
pub(crate) async fn only_users(
    filekit: FileKit,
    session: SessionId,
    room: Option<Path<RoomId>>,
    mut request: Request,
    next: Next,
) -> Response {
    // By `read`: `Current` is for the page's handler, which is not called when filekit only asks whether a visitor may come in.
    let account = match filekit.read::<Account>(&session).await {
        Ok(account) => account,
        Err(error) => return error.into_response(),
    };
    let Some(name) = account.user.clone() else {
        let asked = room.map(|Path(room)| format!("?room={room}"));
        return Redirect::to(&format!("/sign-in{}", asked.unwrap_or_default())).into_response();
    };
    request.extensions_mut().insert(User(name));
    next.run(request).await
}

/// Where a visitor was led from. It is a room and no path, so that nothing leads from here to another site.
#[derive(serde::Deserialize)]
pub(crate) struct LedFrom {
    room: Option<RoomId>,
}

pub(crate) async fn sign_in_page(Query(from): Query<LedFrom>) -> View {
    view![form(
        on_submit = Account::sign_in(from.room, value_of("name"), value_of("password")),
        max_width = "24rem",
        margin = "10vh auto 0",
        card(vstack(
            spacing = 4,
            heading(level = 1, "Rooms"),
            text(
                color = "var(--fk-text-soft)",
                "Sign in as ann with the password nna, or as ben with neb."
            ),
            vstack(
                spacing = 1,
                label(r#for = "name", "Name"),
                input(id = "name", autocomplete = "username", required = true),
            ),
            vstack(
                spacing = 1,
                label(r#for = "password", "Password"),
                input(
                    id = "password",
                    r#type = "password",
                    autocomplete = "current-password",
                    required = true,
                ),
            ),
            button(color = "primary", r#type = "submit", "Sign in"),
        )),
    )]
    .title("Sign in")
}
