//! Refuses requests for host names that are not the server's, but for those of programs that watch it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use futures_util::future::Either;
use tower::{Layer, Service};

use crate::error::{Error, Rejection};
use crate::kit::FileKit;
use crate::page::Stop;
use crate::routes::guard::refuse_body;
use crate::wire::path;

/// Lets requests pass that mean this server.
#[derive(Clone, Debug)]
pub(crate) struct OwnHosts(pub(crate) FileKit);

impl<S> Layer<S> for OwnHosts {
    type Service = OwnHostsOnly<S>;

    fn layer(&self, inner: S) -> OwnHostsOnly<S> {
        OwnHostsOnly { kit: self.0.clone(), inner }
    }
}

/// The service behind [`OwnHosts`].
#[derive(Clone, Debug)]
pub(crate) struct OwnHostsOnly<S> {
    kit: FileKit,
    inner: S,
}

impl<S> Service<Request> for OwnHostsOnly<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, Ready<Result<Response, Infallible>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // Load balancers ask these by addresses, and they tell nothing that is a secret.
        let is_watched = matches!(request.uri().path(), path::HEALTH | path::READY);
        match self.kit.config().hosts.check(request.headers(), request.uri()) {
            _ if is_watched => Either::Left(self.inner.call(request)),
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(rejection) => Either::Right(ready(Ok(refuse(&self.kit, rejection, request)))),
        }
    }
}

fn refuse(kit: &FileKit, rejection: Rejection, request: Request) -> Response {
    refuse_body(request);
    Stop::report(&Error::from(rejection), kit.texts()).for_person("page.refused", kit.texts())
}
