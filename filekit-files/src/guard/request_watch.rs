//! The request at hand, for events: who has sent it, and who is told. Only requests of programs with observers have one.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures_util::future::Either;

use crate::guard::{FileEvent, FileEventKind, Observers, SessionDigest, Who};

tokio::task_local! {
    static CURRENT: RequestWatch;
}

/// What is known of the sender of a request, and the observers of its events. All clones are one.
#[derive(Clone, Debug)]
pub struct RequestWatch(Arc<Watched>);

#[derive(Debug)]
struct Watched {
    observers: Observers,
    who: Mutex<Who>,
}

/// The beginning of something whose duration is told at its end.
#[derive(Debug)]
pub struct Stopwatch {
    request: RequestWatch,
    begun: Instant,
}

impl RequestWatch {
    /// A request from this address; nothing where there is no observer.
    #[must_use]
    pub fn new(observers: &Observers, address: Option<IpAddr>) -> Option<Self> {
        let who = Mutex::new(Who { address, ..Who::default() });
        (!observers.is_empty()).then(|| Self(Arc::new(Watched { observers: observers.clone(), who })))
    }

    /// That of the request at hand. A task that goes on without the request has to [take it along](Self::scope).
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Does `work` for this request.
    pub fn scope<T>(request: Option<Self>, work: impl Future<Output = T>) -> impl Future<Output = T> {
        match request {
            Some(request) => Either::Left(CURRENT.scope(request, work)),
            None => Either::Right(work),
        }
    }

    /// As [`scope`](Self::scope), for what waits for nothing.
    pub fn sync_scope<T>(request: Option<Self>, work: impl FnOnce() -> T) -> T {
        match request {
            Some(request) => CURRENT.sync_scope(request, work),
            None => work(),
        }
    }

    /// Does `work` for the request at hand, also if that is not at hand any more when it is done.
    pub fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
        Self::scope(Self::current(), work)
    }

    /// Notes the session that the request is of.
    pub fn note_session(&self, session: SessionDigest) {
        self.lock().session = Some(session);
    }

    /// Notes the owner of the state that an event of the request belongs to.
    pub fn note_owner(&self, owner: &str) {
        self.lock().owner = Some(owner.to_owned());
    }

    /// Tells of an event of this request.
    pub fn emit(&self, kind: FileEventKind, describe: impl FnOnce(FileEvent) -> FileEvent) {
        self.0.observers.emit_by(Some(self), kind, describe);
    }

    pub(crate) fn who(&self) -> Who {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Who> {
        self.0.who.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells that the request at hand is refused with this code, because of this file if one is to blame.
pub fn tell_refused(code: &'static str, file: Option<&str>) {
    let Some(request) = RequestWatch::current() else { return };
    request.emit(FileEventKind::Refused { code }, |event| match file {
        Some(name) => event.with_name(name),
        None => event,
    });
}

impl Stopwatch {
    /// Begins now, if the events of the request at hand are told to anybody.
    #[must_use]
    pub fn start() -> Option<Self> {
        RequestWatch::current().map(|request| Self { request, begun: Instant::now() })
    }

    /// Tells of the event that has ended now.
    pub fn emit(self, kind: FileEventKind, describe: impl FnOnce(FileEvent) -> FileEvent) {
        let duration = self.begun.elapsed();
        self.request.emit(kind, |event| describe(event).with_duration(duration));
    }
}
