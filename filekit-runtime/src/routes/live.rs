//! The route of documents that follow their visitor's state: Server-Sent Events. The changes are `page/live_page.rs`.
//!
//! ```text
//! GET -> page's layers let the visitor in -> what the document does not show yet
//!     -> a state of the session changes -> page called and compared -> what changed, as an event -> ..
//! ```

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};

use crate::call::Reply;
use crate::error::{FileRejection, Rejection, Result};
use crate::event::RedirectFirst;
use crate::instance::{Follower, InstanceVersion};
use crate::log_pace::LogPace;
use crate::page::{LivePage, LiveStep, PageContext, Pages, SeenDocument};
use crate::state::Watcher;

/// How long changes are collected: several at once are one event, and the answer to what caused them comes first.
const COLLECT: Duration = Duration::from_millis(20);

/// The time between two calls of the page at least, however often something changes.
const PAUSE: Duration = Duration::from_millis(100);

/// How long a document is followed without asking for it anew. What layers around filekit say of the visitor is that old at most.
const LIFE: Duration = Duration::from_secs(10 * 60);

/// The interval of heartbeats, so that proxies keep the connection open.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// A heartbeat: a comment, which the browser does not pass to the page.
pub(super) const COMMENT: &[u8] = b":\n\n";

/// The last event of a document whose place another has taken.
const REPLACED: &[u8] = b"data: {\"replaced\":true}\n\n";

/// How many milliseconds the browser waits before it asks again when the connection breaks.
const RETRY: &[u8] = b"retry: 1000\n\n";

/// Lines about documents for which there was no place.
static LOG: LogPace = LogPace::new();

/// Answers `GET /_filekit/live?page={page}&instance={id}.{version}`.
pub(crate) async fn handle(State(pages): State<Pages>, mut parts: Parts) -> Result<Response> {
    if !pages.kit.config().live {
        return Ok(StatusCode::NOT_FOUND.into_response());
    }
    parts.headers = detached(&parts.headers);
    match open(&pages, &parts).await {
        Err(error) => match error.downcast_ref::<RedirectFirst>() {
            // A script cannot read the answer to this request unless it is events.
            Some(RedirectFirst(url)) => Ok(events(Body::from(event(&Reply::redirect(url))))),
            None => Err(error),
        },
        answered => answered,
    }
}

/// The same headers in memory of their own. As they come they are slices of what was read from the connection, 8 KiB, which would be kept
/// with them for as long as the document is followed.
fn detached(headers: &HeaderMap) -> HeaderMap {
    let mut detached = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let own_name = HeaderName::from_bytes(name.as_str().as_bytes()).unwrap_or_else(|_| name.clone());
        let mut own_value = HeaderValue::from_bytes(value.as_bytes()).unwrap_or_else(|_| value.clone());
        own_value.set_sensitive(value.is_sensitive());
        detached.append(own_name, own_value);
    }
    detached
}

async fn open(pages: &Pages, parts: &Parts) -> Result<Response> {
    let context = PageContext::of_request(&pages.kit, parts).await?;
    let (page, version) = asked(parts.uri.query().unwrap_or_default())?;
    let path = context.path(&page)?;
    let document = SeenDocument::new(context, path, &version)?;
    if document.context().visitor().is_late() {
        // The answer that brings the new session comes first; the browser asks again.
        return Ok(StatusCode::CONFLICT.into_response());
    }
    let Ok(proof) = document.proof() else { return Err(RedirectFirst(page).into()) };
    let admission = proof.admit(pages, parts).await?;
    let (local, session) = (pages.kit.local(), admission.context.session());
    let Ok(place) = Arc::clone(&local.live).try_acquire_owned() else {
        if let Some(left_out) = LOG.next() {
            tracing::warn!(left_out, "as many documents follow their states as may: raise `Budgets::live_connections`");
        }
        return Err(FileRejection::ServerBusy.into());
    };
    // The connection that follows this instance so far is lost, or is about to be.
    let follower = local.instances.follow(session, version);
    let Some(mut watcher) = pages.kit.shared().changes.watch(session) else {
        tracing::warn!("a visitor has too many documents open that follow their state");
        return Ok(StatusCode::TOO_MANY_REQUESTS.into_response());
    };
    let stopping = local.stopping.subscribe();
    let page = admission.live(version);
    let cookie = page.session_cookie();
    let first = page.follow(&follower, &mut watcher, Some(version.version)).await;
    // Nor is there a page of a session that has ended meanwhile.
    if matches!(first, LiveStep::NoView) || page.has_ended().await {
        // An end would let the browser ask again at once.
        return Ok(StatusCode::CONFLICT.into_response());
    }
    let now = Instant::now();
    let ends = now + LIFE;
    let following = LiveEvents {
        _place: place,
        page,
        first: Some(first),
        follower,
        watcher,
        stopping,
        ends,
        said: now,
        looked: now,
    };
    Ok((cookie, events(Body::from_stream(following.events()))).into_response())
}

/// The page and what the browser shows of it.
fn asked(query: &str) -> Result<(String, InstanceVersion), Rejection> {
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let found = pairs.find(|(key, _)| *key == name);
        found.map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
    };
    let page = value("page").ok_or_else(|| Rejection::malformed("no page to follow is named"))?;
    let claim = value("instance").ok_or_else(|| Rejection::malformed("no page instance is named"))?;
    Ok((page, claim.parse()?))
}

/// The answer whose body are Server-Sent Events.
pub(super) fn events(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // nginx would hold the events back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

fn event(reply: &Reply) -> Bytes {
    // Replies are made of text and JSON values: they can always be written, on one line.
    let json = serde_json::to_string(reply).unwrap_or_default();
    format!("data: {json}\n\n").into()
}

/// The events of a document that follows its visitor's state.
struct LiveEvents {
    /// One of those that all documents share.
    _place: OwnedSemaphorePermit,
    page: LivePage,
    /// The change before the connection began, until it is sent.
    first: Option<LiveStep>,
    follower: Follower,
    watcher: Watcher,
    /// Becomes true when the server is to stop.
    stopping: watch::Receiver<bool>,
    ends: Instant,
    /// The time of the last event.
    said: Instant,
    /// The time of the page's last call.
    looked: Instant,
}

impl LiveEvents {
    /// Ends when the server stops, the page shows the visitor no view, the document is followed anew, or is to be. A client that
    /// disconnects drops it, and a slow one gets fewer events: the page is called when there is room for what it shows.
    fn events(self) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> + Send {
        let rest = stream::unfold(Some(self), |following| async move { following?.event().await });
        // A layer in front may ask for more after the end, as compression does (tower-rs/tower-http#732).
        stream::iter([Bytes::from_static(RETRY)]).chain(rest).map(Ok).fuse()
    }

    /// The next bytes, and what follows them, if anything does.
    async fn event(mut self) -> Option<(Bytes, Option<Self>)> {
        let followed = match self.first.take() {
            Some(first) => first,
            None => self.next().await?,
        };
        self.said = Instant::now();
        match followed {
            LiveStep::Same => Some((Bytes::from_static(COMMENT), Some(self))),
            LiveStep::Changed(view) => Some((event(&Reply::shown(view)), Some(self))),
            LiveStep::Redirect(url) => Some((event(&Reply::redirect(&url)), None)),
            LiveStep::Displaced => Some((Bytes::from_static(REPLACED), None)),
            LiveStep::NoView => None,
        }
    }

    /// The next event; a heartbeat if nothing has changed for a while.
    async fn next(&mut self) -> Option<LiveStep> {
        loop {
            tokio::select! {
                biased;
                _ = self.stopping.wait_for(|is_stopping| *is_stopping) => return None,
                () = sleep_until(self.ends) => return None,
                // It comes before changes: something may change all the time that the page does not show.
                () = sleep_until(self.said + HEARTBEAT) => return Some(LiveStep::Same),
                () = self.watcher.changed() => {}
            }
            if self.page.has_ended().await {
                return None;
            }
            sleep_until((Instant::now() + COLLECT).max(self.looked + PAUSE)).await;
            self.looked = Instant::now();
            // In memory of its own, which is there only while the page is called: most of the time a document waits.
            let followed = Box::pin(self.page.follow(&self.follower, &mut self.watcher, None)).await;
            if self.page.has_ended().await {
                return None;
            }
            match followed {
                LiveStep::Same => {}
                followed => return Some(followed),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::BodyDataStream;
    use axum::routing::get;
    use futures_util::FutureExt as _;
    use http::Request;
    use serde::{Deserialize, Serialize};
    use tokio::time::{interval, sleep};
    use tower::ServiceExt as _;

    use super::*;
    use crate::kit::FileKit;
    use crate::state::{Current, State};
    use crate::view::View;
    use crate::visitor::{PagePath, Seal, SessionId, SessionToken};

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    struct Shown(u32);

    impl State for Shown {
        const NAME: &'static str = "Shown";
        type Owner = SessionId;

        fn initial() -> Self {
            Self::default()
        }
    }

    #[derive(Clone, Debug, Default, Serialize, Deserialize)]
    struct Unseen(u32);

    impl State for Unseen {
        const NAME: &'static str = "Unseen";
        type Owner = SessionId;

        fn initial() -> Self {
            Self::default()
        }
    }

    async fn page(shown: Current<Shown>) -> View {
        View::default().title(shown.0.to_string())
    }

    /// A visitor's open document, whose beginning is read.
    struct LiveDocument {
        _files: tempfile::TempDir,
        filekit: FileKit,
        session: SessionId,
        router: Router,
        events: BodyDataStream,
    }

    impl LiveDocument {
        async fn begin() -> Self {
            let files = tempfile::tempdir().unwrap();
            let filekit = FileKit::builder().upload_dir(files.path()).build().unwrap();
            let session = SessionId::random().unwrap();
            let router = filekit.router(Router::new().route("/", get(page)));
            let events = followed(&router, &filekit, session).await;
            let mut told = Self { _files: files, filekit, session, router, events };
            told.read_beginning().await;
            told
        }

        /// The same document follows anew.
        async fn reconnect(&mut self) {
            self.events = followed(&self.router, &self.filekit, self.session).await;
            self.read_beginning().await;
        }

        async fn read_beginning(&mut self) {
            assert_eq!(self.next().await, "retry: 1000\n\n");
            assert!(self.next().await.contains("\"body\":\"\""));
        }

        async fn next(&mut self) -> String {
            String::from_utf8(self.events.next().await.unwrap().unwrap().to_vec()).unwrap()
        }
    }

    async fn followed(router: &Router, filekit: &FileKit, session: SessionId) -> BodyDataStream {
        let seal = Seal::of(&filekit.config().sessions.secret, &PagePath::of("/"));
        let owner = Seal::of_session(&filekit.config().sessions.secret, session);
        let request = Request::get(format!("/_filekit/live?page=%2F&instance=00000000000000ab{seal}{owner}.0"));
        let cookie = SessionToken::now(session).write(&filekit.config().sessions.secret);
        let request = request.header(
            "cookie",
            format!("filekit_session_{:08x}={cookie}", filekit.config().sessions.secret.tags().next().unwrap()),
        );
        let Ok(response) = router.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        response.into_body().into_data_stream()
    }

    async fn count(filekit: &FileKit, session: SessionId) {
        filekit.update::<Shown>(&session, |shown| shown.0 += 1).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn something_is_said_in_time_however_often_something_changes_that_is_not_shown() {
        for between_changes in [PAUSE / 2, Duration::from_secs(4)] {
            let mut told = LiveDocument::begin().await;
            let (filekit, session) = (told.filekit.clone(), told.session);
            let begun = Instant::now();
            let mut ticks = interval(between_changes);
            let next = told.next();
            tokio::pin!(next);
            let said = loop {
                tokio::select! {
                    said = &mut next => break said,
                    _ = ticks.tick() => filekit.update::<Unseen>(&session, |unseen| unseen.0 += 1).await.unwrap(),
                }
                assert!(begun.elapsed() < HEARTBEAT * 2, "nothing is said");
            };
            assert_eq!((said.as_bytes(), begun.elapsed().as_secs()), (COMMENT, HEARTBEAT.as_secs()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_changes_when_a_document_follows_anew_is_told_there() {
        let mut told = LiveDocument::begin().await;
        count(&told.filekit, told.session).await;
        // The connection before is about to look when this one takes its place.
        let mut before = std::mem::replace(&mut told.events, Body::empty().into_data_stream());
        assert!(before.next().now_or_never().is_none());
        sleep(COLLECT).await;
        told.reconnect().await;
        count(&told.filekit, told.session).await;
        let before = before.collect::<Vec<_>>();
        let (before, next) = tokio::join!(before, told.next());
        assert!(next.contains("\"title\":\"2\""), "{next}");
        assert_eq!(before.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [REPLACED]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_document_that_is_about_to_be_shown_a_change_is_not_shown_the_session_that_came_after_its_own() {
        let mut told = LiveDocument::begin().await;
        let (filekit, session) = (told.filekit.clone(), told.session);
        count(&filekit, session).await;
        assert!(told.next().now_or_never().is_none(), "changes are collected");
        let signed_in = filekit.renew_session(&session).await.unwrap();
        filekit.update::<Shown>(&signed_in, |shown| shown.0 = 9).await.unwrap();
        let said: Vec<_> = told.events.map(Result::unwrap).collect().await;
        assert_eq!(said, [""; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_document_is_followed_anew_after_a_while() {
        let told = LiveDocument::begin().await;
        let begun = Instant::now();
        let said: Vec<_> = told.events.map(Result::unwrap).collect().await;
        assert!(said.iter().all(|said| said == COMMENT), "{said:?}");
        assert_eq!(begun.elapsed().as_secs(), LIFE.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_is_told_that_comes_when_it_is_time_to_say_something() {
        let mut told = LiveDocument::begin().await;
        let (filekit, session) = (told.filekit.clone(), told.session);
        let begun = Instant::now();
        let change = async {
            sleep(HEARTBEAT - COLLECT / 2).await;
            count(&filekit, session).await;
        };
        let seen = async {
            while !told.next().await.contains("\"title\":\"1\"") {}
            begun.elapsed()
        };
        let ((), seen) = tokio::join!(change, seen);
        assert!(seen < HEARTBEAT + PAUSE, "{seen:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn many_changes_are_told_in_few_events() {
        let mut told = LiveDocument::begin().await;
        let (filekit, session) = (told.filekit.clone(), told.session);
        let changes = async {
            for _ in 0..100 {
                count(&filekit, session).await;
                sleep(Duration::from_millis(10)).await;
            }
        };
        let events = async {
            let mut events = 1;
            while !told.next().await.contains("\"title\":\"100\"") {
                events += 1;
            }
            events
        };
        let ((), events) = tokio::join!(changes, events);
        assert!((8..=12).contains(&events), "{events}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_is_slow_is_told_everything_at_once() {
        let mut told = LiveDocument::begin().await;
        for _ in 0..1_000 {
            count(&told.filekit, told.session).await;
        }
        assert!(told.next().await.contains("\"title\":\"1000\""));
        assert!(told.next().now_or_never().is_none());
    }
}
