//! Stands between browsers and an app: notes what is asked and answered, holds answers back, loses them, and can have another
//! app behind it, as after a restart. What is said is the app's and the browser's own.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, Response};
use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower::{ServiceExt as _, service_fn};

use crate::{TestApp, behind_layers};

/// Where the bytes of uploads arrive, followed by an id.
const PARTIAL: &str = "/_filekit/partial/";

/// A relay. All clones are one.
#[derive(Clone, Debug)]
pub struct Relay(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    router: Router,
    exchanges: Vec<Exchange>,
    /// What is to happen to the next answer from a path.
    fates: Vec<(String, Fate)>,
    /// Whether connections end before anything gets through.
    is_away: bool,
    /// The paths of the requests that came meanwhile.
    turned_away: Vec<String>,
}

#[derive(Debug)]
enum Fate {
    Held { ready: oneshot::Sender<()>, go: oneshot::Receiver<()> },
    Lost(Lost),
    Cut(oneshot::Receiver<()>),
}

/// How much of an answer arrives that gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Not a byte: the connection ends.
    Whole,
    /// Its beginning arrives, and then the connection ends.
    SecondHalf,
}

/// A request that got an answer: for a document, or a call of a page.
#[derive(Clone, Debug)]
pub struct Exchange {
    path: String,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Exchange {
    /// The lines of the answer as far as it was sent.
    ///
    /// # Panics
    /// When it is not made of JSON.
    pub fn lines(&self) -> Vec<Value> {
        let answer = held(&self.answer).clone();
        let lines = String::from_utf8(answer).expect("text");
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// What the answer says of the page in the end.
    ///
    /// # Panics
    /// When it says nothing of the page.
    pub fn view(&self) -> Value {
        let lines = self.lines();
        let last = lines.last().and_then(|line| line.get("view"));
        last.unwrap_or_else(|| panic!("no view in {lines:#?}")).clone()
    }
}

/// What was asked for, in order.
pub fn paths(exchanges: &[Exchange]) -> Vec<&str> {
    exchanges.iter().map(|exchange| exchange.path.as_str()).collect()
}

/// An answer that is held back. It goes on its way when this is dropped.
#[derive(Debug)]
pub struct Held {
    ready: oneshot::Receiver<()>,
    _go: oneshot::Sender<()>,
}

/// An answer whose connection ends when this is dropped.
#[derive(Debug)]
pub struct Cut {
    _go: oneshot::Sender<()>,
}

impl Held {
    /// Waits until the app has answered.
    pub async fn ready(&mut self) {
        (&mut self.ready).await.expect("the app answers");
    }
}

impl Relay {
    /// A relay for an app.
    pub fn of(app: &TestApp) -> Self {
        let inner = Inner {
            router: app.router(),
            exchanges: Vec::new(),
            fates: Vec::new(),
            is_away: false,
            turned_away: Vec::new(),
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// Listens on a socket of its own, behind the [layers](crate::LAYERS) that programs put in front, until the test ends.
    pub async fn listen(&self) -> SocketAddr {
        self.listen_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Listens where another server was.
    ///
    /// # Panics
    /// When the address is not to be had.
    pub async fn listen_at(&self, address: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let relay = self.clone();
        let service = service_fn(move |request| {
            let relay = relay.clone();
            async move { Ok::<_, Infallible>(relay.pass(request).await) }
        });
        let router = behind_layers(Router::new().fallback_service(service));
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// Sends whatever comes from now on to another app.
    pub fn move_to(&self, app: &TestApp) {
        self.held().router = app.router();
    }

    /// Ends every connection from now on without an answer, and tells the app nothing.
    pub fn leave(&self) {
        let mut inner = self.held();
        inner.is_away = true;
        inner.turned_away.clear();
    }

    /// Whether a request for a path has come while it was away.
    pub fn has_turned_away(&self, path: &str) -> bool {
        self.held().turned_away.iter().any(|other| other == path)
    }

    /// Takes connections again.
    pub fn come_back(&self) {
        self.held().is_away = false;
    }

    /// Holds the next answer from a path back.
    pub fn hold(&self, path: &str) -> Held {
        let (ready, is_ready) = oneshot::channel();
        let (go, goes) = oneshot::channel();
        self.held().fates.push((path.to_owned(), Fate::Held { ready, go: goes }));
        Held { ready: is_ready, _go: go }
    }

    /// Ends the connection of the next answer from a path when what is returned is dropped, whether the answer has begun or not.
    /// The app notices that the browser has gone.
    pub fn cut(&self, path: &str) -> Cut {
        let (go, goes) = oneshot::channel();
        self.held().fates.push((path.to_owned(), Fate::Cut(goes)));
        Cut { _go: go }
    }

    /// Loses the next answer from a path, or from any that begins so if it ends with a slash, after the app has given it.
    pub fn lose(&self, path: &str, what: Lost) {
        self.held().fates.push((path.to_owned(), Fate::Lost(what)));
    }

    /// The documents and calls that were asked for and answered since this was last called: their paths, in order.
    pub fn asked(&self) -> Vec<String> {
        self.take().into_iter().map(|exchange| exchange.path).collect()
    }

    /// The same with what was answered.
    pub fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.held().exchanges)
    }

    async fn pass(&self, request: Request<Body>) -> Response<Body> {
        let path = request.uri().path().to_owned();
        let (router, fate) = {
            let mut inner = self.held();
            if inner.is_away {
                inner.turned_away.push(path);
                return Response::new(nothing());
            }
            let is_meant = |of: &str| if of.ends_with('/') { path.starts_with(of) } else { path == of };
            let place = inner.fates.iter().position(|(of, _)| is_meant(of));
            (inner.router.clone(), place.map(|place| inner.fates.remove(place).1))
        };
        let answer = async {
            let Ok(response) = router.oneshot(request).await;
            self.noted(path, response)
        };
        match fate {
            None => answer.await,
            Some(Fate::Held { ready, go }) => {
                let response = answer.await;
                // Whoever is not interested any more lets it go.
                let _ = ready.send(());
                let _ = go.await;
                response
            }
            Some(Fate::Lost(what)) => lost(answer.await, what).await,
            Some(Fate::Cut(go)) => cut(answer, go).await,
        }
    }

    fn noted(&self, path: String, response: Response<Body>) -> Response<Body> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // The reply of an event to the last bytes, whatever the upload's id.
        let is_partial = path.starts_with(PARTIAL);
        let path = if is_partial { PARTIAL.to_owned() } else { path };
        let is_call = matches!(path.as_str(), "/_filekit/event" | "/_filekit/upload" | "/_filekit/view");
        let is_reply = is_partial && (kind.starts_with("application/json") || kind.starts_with("application/x-ndjson"));
        if !is_call && !is_reply && !kind.starts_with("text/html") {
            return response;
        }
        let answer = Arc::<Mutex<Vec<u8>>>::default();
        self.held().exchanges.push(Exchange { path, answer: Arc::clone(&answer) });
        response.map(|body| {
            Body::from_stream(body.into_data_stream().inspect(move |bytes| {
                if let Ok(bytes) = bytes {
                    held(&answer).extend_from_slice(bytes);
                }
            }))
        })
    }

    fn held(&self) -> MutexGuard<'_, Inner> {
        held(&self.0)
    }
}

/// The answer up to where its connection ends.
async fn cut(answer: impl Future<Output = Response<Body>>, mut go: oneshot::Receiver<()>) -> Response<Body> {
    let response = tokio::select! {
        response = answer => response,
        _ = &mut go => return Response::new(nothing()),
    };
    let end = stream::once(async {
        let _ = go.await;
        Err(axum::Error::new(broken()))
    });
    response.map(|body| Body::from_stream(stream::select(body.into_data_stream(), end)))
}

/// The answer as it reaches the browser when its connection breaks.
async fn lost(response: Response<Body>, what: Lost) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    // A layer that compresses would hold the beginning back.
    parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    // The app is done with it.
    let mut bytes = body.collect().await.expect("the whole answer").to_bytes();
    bytes.truncate(if what == Lost::Whole { 0 } else { bytes.len() / 2 });
    let begins = (!bytes.is_empty()).then_some(bytes);
    let ends = stream::once(async {
        // What was written before goes out.
        tokio::task::yield_now().await;
        Err(broken())
    });
    let body = match begins {
        Some(bytes) => Body::from_stream(stream::iter([Ok::<_, io::Error>(bytes)]).chain(ends)),
        None => nothing(),
    };
    Response::from_parts(parts, body)
}

/// A body that keeps even the head of its answer from going out.
fn nothing() -> Body {
    Body::from_stream(stream::iter([Err::<Bytes, _>(broken())]))
}

fn broken() -> io::Error {
    io::Error::other("the connection is cut")
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
