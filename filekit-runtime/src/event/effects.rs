//! The effects that an event returns. The browser carries them out in `client/src/act/actions.ts`.

use axum::response::{IntoResponse, Redirect};
use http::header::LOCATION;

use crate::download::{Download, DownloadSpooler};
use crate::error::{Error, Result};
use crate::offer::{EventRef, Get, Method, Post};
use crate::state::JustKept;
use crate::view::{Action, IntoAction as _};
use crate::visitor::Toast;

/// One thing that the browser is to do after an event. It was checked where it was made: an event that answers with
/// an effect that cannot be carried out fails before anything has changed.
#[derive(Debug)]
pub(crate) enum Effect {
    /// Save a file.
    Download(Box<Download>),
    /// Show a message for a moment.
    Toast(Toast),
    /// Go to another page.
    Redirect(String),
    /// Do something by itself.
    Action(Action),
}

/// The effects that an event returns, in their order.
#[derive(Debug, Default)]
pub struct Effects {
    pub(crate) list: Vec<Effect>,
    /// Whether the visitor is to get another session. They have it when the browser is answered.
    pub(crate) renews_session: bool,
    /// The state that the event has kept, for the page that is shown after it.
    pub(crate) just_kept: Option<JustKept>,
}

impl Effects {
    fn one(effect: Effect) -> Result<Self> {
        Ok(Self { list: vec![effect], ..Self::default() })
    }

    fn append(&mut self, other: Self) {
        self.list.extend(other.list);
        self.renews_session |= other.renews_session;
    }

    /// The same effects, with downloads that are complete. Without an outlet they are left as they are.
    ///
    /// # Errors
    ///
    /// If a download cannot be made.
    pub(crate) async fn complete(self, outlet: Option<&DownloadSpooler>) -> Result<Self> {
        let Some(outlet) = outlet else { return Ok(self) };
        let mut list = Vec::with_capacity(self.list.len());
        for effect in self.list {
            list.push(match effect {
                Effect::Download(download) => Effect::Download(Box::new(outlet.prepare(*download).await?)),
                other => other,
            });
        }
        Ok(Self { list, ..self })
    }
}

/// Gives the visitor a new session in place of the one that they have: returned from the event that signs them in, so
/// that a session that another party knew or had set is not signed in. States move along.
///
/// # Errors
///
/// An event that has shown an [update](crate::event::Updates) cannot return it, because its answer has begun: it fails.
///
/// # Examples
///
/// ```
/// use axum::response::Redirect;
/// use filekit_runtime::event::RenewSession;
///
/// // What an event returns that has found the password right.
/// fn welcome() -> (RenewSession, Redirect) {
///     (RenewSession, Redirect::to("/"))
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a session is renewed when this is returned from an event"]
pub struct RenewSession;

impl IntoEffects for RenewSession {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        Ok(Effects { renews_session: true, ..Effects::default() })
    }
}

/// A type that an event may return.
#[diagnostic::on_unimplemented(
    message = "an event cannot return `{Self}`",
    label = "not an effect",
    note = "return `()`, `Download`, `Toast`, `Redirect` or a browser action, or `Option`, `Vec`, tuples or `Result` of these"
)]
pub trait IntoEffects {
    /// How an event that takes `&self` and returns this is reached.
    type Method: Method;

    /// Turns the value into effects.
    ///
    /// # Errors
    ///
    /// If the value is an error.
    fn into_effects(self) -> Result<Effects>;
}

impl IntoEffects for () {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        Ok(Effects::default())
    }
}

impl IntoEffects for Effects {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        Ok(self)
    }
}

impl IntoEffects for Download {
    type Method = Get;

    fn into_effects(self) -> Result<Effects> {
        // Checked here, where the state has not changed yet: a download that is not available fails its event.
        Effects::one(Effect::Download(Box::new(self.checked()?)))
    }
}

impl IntoEffects for Toast {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        Effects::one(Effect::Toast(self))
    }
}

impl IntoEffects for Action {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        Effects::one(Effect::Action(self))
    }
}

impl<M: Method> IntoEffects for EventRef<M> {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        self.into_action().into_effects()
    }
}

impl IntoEffects for Redirect {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        let response = self.into_response();
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        location.map_or_else(|| Ok(Effects::default()), |url| Effects::one(Effect::Redirect(url.to_owned())))
    }
}

impl<T: IntoEffects, E: Into<Error>> IntoEffects for Result<T, E> {
    type Method = T::Method;

    fn into_effects(self) -> Result<Effects> {
        self.map_err(Into::into)?.into_effects()
    }
}

impl<T: IntoEffects> IntoEffects for Option<T> {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        self.map_or_else(|| Ok(Effects::default()), T::into_effects)
    }
}

impl<T: IntoEffects> IntoEffects for Vec<T> {
    type Method = Post;

    fn into_effects(self) -> Result<Effects> {
        let mut effects = Effects::default();
        for value in self {
            effects.append(value.into_effects()?);
        }
        Ok(effects)
    }
}

macro_rules! tuples {
    ($($($type:ident)+;)*) => {$(
        #[expect(non_snake_case, reason = "each value is named like its type")]
        impl<$($type: IntoEffects),+> IntoEffects for ($($type,)+) {
            type Method = Post;

            fn into_effects(self) -> Result<Effects> {
                let ($($type,)+) = self;
                let mut effects = Effects::default();
                $(effects.append($type.into_effects()?);)+
                Ok(effects)
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
}
