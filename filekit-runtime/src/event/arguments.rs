//! The arguments of an event that was called. Those that a page offers are `offer/reference.rs`.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::Pin;

use axum::response::IntoResponse as _;
use http::request::Parts;
use serde_json::value::RawValue;

use crate::error::{FileRejection, Rejection, Result};
use crate::event::{Effects, Extract, Updates, extractor, field};
use crate::offer::EventValue;
use crate::upload::{Failure, UploadFile, UploadStream};

/// The arguments of one call, in the order of the parameters, and what the call itself brings along.
#[derive(Debug, Default)]
pub struct Arguments {
    given: VecDeque<Argument>,
    request: Option<Parts>,
    updates: Updates,
    /// The error of a stream that the event reads.
    failure: Failure,
}

/// One argument of a call.
#[derive(Debug)]
pub(crate) enum Argument {
    /// A value that was fixed when the page was made.
    Captured(Box<RawValue>),
    /// A value that a script sent, of a control or of anything else that the browser knows.
    Evaluated(Box<RawValue>),
    /// The texts that a form sent for a control: none, one, or several.
    Field(Vec<String>),
    Files(Vec<UploadFile>),
    Stream(Box<UploadStream>),
}

impl FromIterator<Argument> for Arguments {
    fn from_iter<I: IntoIterator<Item = Argument>>(arguments: I) -> Self {
        let given: VecDeque<_> = arguments.into_iter().collect();
        let failure = given.iter().find_map(|argument| match argument {
            Argument::Stream(stream) => Some(stream.failure()),
            _ => None,
        });
        Self { given, failure: failure.unwrap_or_default(), ..Self::default() }
    }
}

impl Arguments {
    pub(crate) fn with(self, request: Parts, updates: Updates) -> Self {
        Self { request: Some(request), updates, ..self }
    }

    /// Lets the extractors of the event find this in the extensions of the request.
    pub(crate) fn with_extension(mut self, value: impl Clone + Send + Sync + 'static) -> Self {
        self.request.iter_mut().for_each(|request| drop(request.extensions.insert(value.clone())));
        self
    }

    /// Checks that nothing went wrong which the event made nothing of, and that its effects are still possible.
    ///
    /// # Errors
    ///
    /// If the stream that it read broke off, or was refused; or if it renews the session, and its answer has begun.
    pub(crate) fn check(&self, effects: &Effects) -> Result<()> {
        self.failure.check()?;
        if effects.renews_session && self.updates.have_begun() {
            return Err(TooLateToRenew.into());
        }
        Ok(())
    }

    /// Extracts a `T` from the request, as axum does for the handler of the page: with its path, its query, and all that
    /// the layers around it have added.
    ///
    /// # Errors
    ///
    /// If the extractor refuses the request.
    #[must_use = "futures do nothing unless they are awaited"]
    pub fn extract<T: Extract>(&self) -> Pin<Box<dyn Future<Output = Result<T>> + Send + '_>> {
        let request = self.request.clone();
        let mut parts = request.unwrap_or_else(|| http::Request::new(()).into_parts().0);
        Box::pin(async move {
            let response = match T::from_request_parts(&mut parts, &()).await {
                Ok(extracted) => return Ok(extracted),
                Err(rejection) => rejection.into_response(),
            };
            Err(extractor::refused(response).await)
        })
    }
}

/// A browser gets its new session in the head of an answer, which an update has sent already.
#[derive(Debug)]
struct TooLateToRenew;

impl std::fmt::Display for TooLateToRenew {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an event that has sent updates cannot return `RenewSession`: its answer has begun")
    }
}

impl std::error::Error for TooLateToRenew {}

/// Takes the argument for a parameter of type `T`.
///
/// Files are taken by methods of their own, values by [`TakeValue`]: which one, the compiler decides by the type.
#[derive(Debug)]
pub struct Parameter<T> {
    name: &'static str,
    marker: PhantomData<fn() -> T>,
}

impl<T> Parameter<T> {
    /// The parameter of that name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, marker: PhantomData }
    }

    fn wrong(&self, reason: impl std::fmt::Display) -> Rejection {
        Rejection::wrong_argument(self.name, reason)
    }

    fn files(&self, arguments: &mut Arguments) -> Result<Vec<UploadFile>> {
        match arguments.given.pop_front() {
            Some(Argument::Files(files)) => Ok(files),
            _ => Err(self.wrong("files are expected").into()),
        }
    }
}

impl Parameter<Vec<UploadFile>> {
    /// Takes all files of an upload.
    ///
    /// # Errors
    ///
    /// If the argument is not an upload.
    pub fn take(&self, arguments: &mut Arguments) -> Result<Vec<UploadFile>> {
        self.files(arguments)
    }
}

impl Parameter<Option<UploadFile>> {
    /// Takes the file of an upload, if one was chosen.
    ///
    /// # Errors
    ///
    /// If the argument is not an upload, or has several files.
    pub fn take(&self, arguments: &mut Arguments) -> Result<Option<UploadFile>> {
        let mut files = self.files(arguments)?;
        match files.len() {
            0 | 1 => Ok(files.pop()),
            _ => Err(FileRejection::too_many_files(1).into()),
        }
    }
}

impl Parameter<UploadFile> {
    /// Takes the one file of an upload.
    ///
    /// # Errors
    ///
    /// If the argument is not an upload, or has not exactly one file.
    pub fn take(&self, arguments: &mut Arguments) -> Result<UploadFile> {
        let mut files = self.files(arguments)?;
        match files.len() {
            1 => Ok(files.remove(0)),
            0 => Err(FileRejection::too_few_files(1).into()),
            _ => Err(FileRejection::too_many_files(1).into()),
        }
    }
}

impl Parameter<UploadStream> {
    /// The event runs while its files arrive.
    pub const IS_STREAM: bool = true;

    /// Takes the files of an upload while they arrive.
    ///
    /// # Errors
    ///
    /// If the argument is not an upload.
    pub fn take(&self, arguments: &mut Arguments) -> Result<UploadStream> {
        match arguments.given.pop_front() {
            Some(Argument::Stream(stream)) => Ok(*stream),
            _ => Err(self.wrong("a stream of files is expected").into()),
        }
    }
}

impl Parameter<Updates> {
    /// Takes the `Updates`, which show the page in between; the page gives no argument for them.
    ///
    /// # Errors
    ///
    /// Never.
    pub fn take(&self, arguments: &mut Arguments) -> Result<Updates> {
        Ok(arguments.updates.clone())
    }
}

/// Takes arguments that are values.
pub trait TakeValue<T> {
    /// Whether the event runs while its files arrive. A parameter that says nothing itself does not ask for it.
    const IS_STREAM: bool = false;

    /// Takes the next argument.
    ///
    /// # Errors
    ///
    /// If it is not a `T`.
    fn take(&self, arguments: &mut Arguments) -> Result<T>
    where
        T: EventValue;
}

impl<T> TakeValue<T> for Parameter<T> {
    fn take(&self, arguments: &mut Arguments) -> Result<T>
    where
        T: EventValue,
    {
        match arguments.given.pop_front() {
            Some(Argument::Captured(value)) => {
                Ok(serde_json::from_str(value.get()).map_err(|error| self.wrong(error))?)
            }
            Some(Argument::Evaluated(value)) => Ok(field::read_json(value.get()).map_err(|error| self.wrong(error))?),
            Some(Argument::Field(texts)) => Ok(field::read(&texts).map_err(|error| self.wrong(error))?),
            Some(Argument::Files(_) | Argument::Stream(_)) => Err(self.wrong("a value is expected").into()),
            None => Err(self.wrong("it is missing").into()),
        }
    }
}
