//! The routers of an app under test: one, or those of a fleet, each on a socket of its own behind a proxy.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{Router, body::Body, http::Request};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::sync::OnceCell;

use crate::{Fleet, front};

/// What answers the requests to an app.
#[derive(Clone, Debug)]
pub(crate) enum Routers {
    One(Router),
    Fleet {
        fleet: Arc<Fleet>,
        routers: Vec<Router>,
        /// The directory that they share.
        uploads: PathBuf,
        /// Where the proxy is, once something was asked.
        front: Arc<OnceCell<SocketAddr>>,
    },
}

impl Routers {
    /// One router, or as many as the fleet has servers.
    pub(crate) fn new(fleet: Option<Arc<Fleet>>, mut routers: Vec<Router>, uploads: &Path) -> Self {
        match fleet {
            Some(fleet) => Self::Fleet { fleet, routers, uploads: uploads.to_owned(), front: Arc::default() },
            None => Self::One(routers.pop().expect("a router")),
        }
    }

    /// Each of them with something around it.
    pub(crate) fn map(self, change: impl Fn(Router) -> Router) -> Self {
        match self {
            Self::One(router) => Self::One(change(router)),
            Self::Fleet { fleet, routers, uploads, .. } => {
                Self::new(Some(fleet), routers.into_iter().map(change).collect(), &uploads)
            }
        }
    }

    /// What answers a request in this process: of a fleet, one that sends it to the proxy.
    pub(crate) fn router(&self) -> Router {
        match self {
            Self::One(router) => router.clone(),
            Self::Fleet { .. } => self.clone().forwarding(),
        }
    }

    /// Serves them on sockets of their own until the test ends. Returns where to ask.
    pub(crate) async fn listen(&self) -> SocketAddr {
        match self {
            Self::One(router) => front::serve(router.clone()).await,
            Self::Fleet { fleet, routers, uploads, front } => {
                *front.get_or_init(|| serve(fleet, routers, uploads)).await
            }
        }
    }

    fn forwarding(self) -> Router {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let pass = move |request: Request<Body>| {
            let (client, routers) = (client.clone(), self.clone());
            async move { front::pass(&client, routers.listen().await, request).await }
        };
        Router::new().fallback(pass)
    }
}

async fn serve(fleet: &Fleet, routers: &[Router], uploads: &Path) -> SocketAddr {
    let mut servers = Vec::new();
    for router in routers {
        servers.push(front::serve(router.clone()).await);
    }
    fleet.put_in_front(servers, uploads).await
}
