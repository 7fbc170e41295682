//! A way to an object store on which things go wrong as a test says: between filekit and SeaweedFS, which is all right.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse as _;
use filekit::storage::ObjectStorage;
use futures_util::stream;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;

use crate::{Bucket, front};

/// What the way does to requests.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The store is not asked; the answer has this status and, as S3 has it, these words.
    Refused(StatusCode, &'static str),
    /// The connection ends after half of what the answer holds.
    BrokenOff,
    /// The answer holds half of what was asked for, and says of itself that it is whole.
    Halved,
    /// The store is asked when there is a permit.
    Held(Arc<Semaphore>),
}

/// Which requests a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To keep a part of a file, from the part with this number on.
    PartFrom(u32),
    /// For the bytes of a file.
    Bytes,
    /// To remove a file.
    Removal,
}

/// A bucket as it is reached on such a way. All clones are one.
#[derive(Clone, Debug)]
pub struct FaultyStore {
    bucket: Bucket,
    faults: Faults,
}

type Faults = Arc<Mutex<Vec<Planned>>>;

/// A fault, and how often it happens.
#[derive(Debug)]
struct Planned {
    asked: Asked,
    fault: Fault,
    still: usize,
    happened: usize,
}

impl FaultyStore {
    /// A way to a bucket, which is all right until something is [planned](Self::plan). It is there until the test ends.
    pub async fn of(bucket: &Bucket) -> Self {
        let (client, server) = (Client::builder(TokioExecutor::new()).build_http(), bucket.address());
        let faults = Faults::default();
        let of_way = Arc::clone(&faults);
        let pass = move |request: Request<Body>| {
            let (client, fault) = (client.clone(), next(&of_way, &request));
            async move { pass(&client, server, request, fault).await }
        };
        let address = front::serve(Router::new().fallback(pass)).await;
        Self { bucket: bucket.by_way_of(address), faults }
    }

    /// The files of the bucket.
    pub fn storage(&self) -> ObjectStorage {
        self.bucket.storage()
    }

    /// Lets so many of these requests go wrong.
    pub fn plan(&self, asked: Asked, times: usize, fault: Fault) {
        held(&self.faults).push(Planned { asked, fault, still: times, happened: 0 });
    }

    /// Lets nothing go wrong any more.
    pub fn mend(&self) {
        held(&self.faults).iter_mut().for_each(|planned| planned.still = 0);
    }

    /// How many of these requests have gone wrong so far.
    pub fn happened(&self, asked: Asked) -> usize {
        held(&self.faults).iter().filter(|planned| planned.asked == asked).map(|planned| planned.happened).sum()
    }
}

impl Asked {
    fn is(self, request: &Request<Body>) -> bool {
        let query = request.uri().query().unwrap_or_default();
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        match (self, request.method().as_str()) {
            (Self::PartFrom(first), "PUT") => {
                value("partNumber").and_then(|number| number.parse().ok()).is_some_and(|number: u32| number >= first)
            }
            // All else that is asked for by `GET`, such as a list, has a query.
            (Self::Bytes, "GET") | (Self::Removal, "DELETE") => query.is_empty(),
            _ => false,
        }
    }
}

/// What goes wrong with a request.
fn next(faults: &Faults, request: &Request<Body>) -> Option<Fault> {
    let mut faults = held(faults);
    let planned = faults.iter_mut().find(|planned| planned.still > 0 && planned.asked.is(request))?;
    planned.still -= 1;
    planned.happened += 1;
    Some(planned.fault.clone())
}

async fn pass(
    client: &Client<HttpConnector, Body>,
    server: SocketAddr,
    request: Request<Body>,
    fault: Option<Fault>,
) -> Response<Body> {
    match fault {
        None => front::pass(client, server, request).await,
        Some(Fault::Refused(status, words)) => {
            let error = format!("<?xml version=\"1.0\"?><Error><Code>Fault</Code><Message>{words}</Message></Error>");
            (status, error).into_response()
        }
        Some(Fault::BrokenOff) => {
            halved(front::pass(client, server, request).await, |half| {
                let broken = || std::io::Error::other("the connection is cut");
                Body::from_stream(stream::iter([Ok(half), Err(broken())]))
            })
            .await
        }
        Some(Fault::Halved) => {
            let mut answer = halved(front::pass(client, server, request).await, Body::from).await;
            answer.headers_mut().remove(CONTENT_LENGTH);
            answer
        }
        Some(Fault::Held(permits)) => {
            permits.acquire().await.expect("it is never closed").forget();
            front::pass(client, server, request).await
        }
    }
}

/// The answer with a body that is made of half of its bytes.
async fn halved(answer: Response<Body>, make: impl FnOnce(Bytes) -> Body) -> Response<Body> {
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.expect("the whole answer").to_bytes();
    let half = bytes.slice(..bytes.len() / 2);
    Response::from_parts(parts, make(half))
}

fn held(faults: &Faults) -> MutexGuard<'_, Vec<Planned>> {
    faults.lock().unwrap_or_else(PoisonError::into_inner)
}
