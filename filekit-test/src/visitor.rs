//! Visitors: cookies, and the requests that a browser would send with them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use filekit::axum::body::{Body, Bytes, to_bytes};
use filekit::axum::http::{HeaderMap, Method, Request, StatusCode, header, request};
use filekit::axum::response::Response;
use tower::ServiceExt as _;

use crate::{Page, Program};

/// The host that requests name.
pub(crate) const HOST: &str = "filekit.test";

/// A visitor of a program. A copy (`clone`) is the same visitor, in another tab.
#[derive(Clone, Debug)]
pub struct Visitor {
    program: Program,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
            && !self.header("content-disposition").starts_with("attach")
    }
}

impl Visitor {
    pub(crate) fn new(program: Program) -> Self {
        Self { program, cookies: Arc::default() }
    }

    /// Opens a page, where redirects lead to.
    ///
    /// # Panics
    ///
    /// If there is no such page; the message has the answer.
    pub async fn open(&self, path: &str) -> Page {
        Page::open(self.clone(), path).await
    }

    pub(crate) fn compares(&self) -> bool {
        self.program.compares
    }

    /// A request as a browser sends it.
    pub(crate) fn request(&self, method: Method, path: &str) -> request::Builder {
        let mut request =
            Request::builder().uri(path).header(header::HOST, HOST).header("sec-fetch-site", "same-origin");
        if method != Method::GET && method != Method::HEAD {
            request = request.header(header::ORIGIN, format!("http://{HOST}"));
        }
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if !cookies.is_empty() {
            let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        request.method(method)
    }

    /// Gets what is at a path, without following redirects.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header(header::ACCEPT, "text/html,*/*;q=0.8");
        self.send(request.body(Body::empty())).await
    }

    /// Sends a request, reads the whole answer, and takes its cookies.
    pub(crate) async fn send(&self, request: filekit::axum::http::Result<Request<Body>>) -> Answer {
        let request = request.unwrap_or_else(|error| panic!("the page leads to an address that is none: {error}"));
        let address = request.uri().clone();
        let (parts, body) = self.respond(request).await.into_parts();
        let body = to_bytes(body, usize::MAX).await;
        let body = body.unwrap_or_else(|error| panic!("the answer of {address} breaks off: {error}"));
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request, and takes the cookies of the answer, whose body is still to be read.
    pub(crate) async fn respond(&self, request: Request<Body>) -> Response {
        let Ok(response) = self.program.router.clone().oneshot(request).await;
        self.take_cookies(response.headers());
        response
    }

    fn take_cookies(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in headers.get_all(header::SET_COOKIE) {
            let Some((pair, attributes)) = cookie.to_str().ok().map(|text| text.split_once(';').unwrap_or((text, "")))
            else {
                continue;
            };
            let Some((name, value)) = pair.split_once('=') else { continue };
            let is_removed = attributes.split(';').any(|attribute| attribute.trim().eq_ignore_ascii_case("max-age=0"));
            match is_removed {
                true => cookies.remove(name.trim()),
                false => cookies.insert(name.trim().to_owned(), value.trim().to_owned()),
            };
        }
    }
}
