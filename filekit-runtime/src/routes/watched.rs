//! Lets what happens for a request be told with who has sent it.

use std::convert::Infallible;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

use crate::guard::RequestWatch;
use crate::kit::FileKit;

/// Notes the senders of requests, for the observers of events. It is laid around routes of programs that have any.
#[derive(Clone, Debug)]
pub(crate) struct Watched(pub(crate) FileKit);

impl<S> Layer<S> for Watched {
    type Service = WatchedService<S>;

    fn layer(&self, inner: S) -> WatchedService<S> {
        WatchedService { kit: self.0.clone(), inner }
    }
}

/// The service behind [`Watched`].
#[derive(Clone, Debug)]
pub(crate) struct WatchedService<S> {
    kit: FileKit,
    inner: S,
}

impl<S> Service<Request> for WatchedService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let address = self.kit.config().sessions.scheme.client_address(request.headers(), request.extensions());
        let watch = RequestWatch::new(self.kit.shared().files.observers(), address);
        // A layer of a program's own may answer before its inner service is called: that is within the scope as well.
        let answer = RequestWatch::sync_scope(watch.clone(), || self.inner.call(request));
        Box::pin(RequestWatch::scope(watch, answer))
    }
}
