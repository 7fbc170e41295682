//! A filekit app in this process, with an upload directory of its own.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use filekit::{FileKit, FileKitBuilder};
use tower::ServiceExt as _;

use crate::{Fleet, Site, UploadDir, Visitor, behind_layers, fleet::Routers};

/// An app under test. Requests go straight into its router unless it [listens](Self::listen).
///
/// Where the test runs [behind a proxy](crate::behind_proxy), there are several filekits and routers, with the same pages and
/// settings, and requests go to the proxy.
#[derive(Debug)]
pub struct TestApp {
    files: UploadDir,
    routers: Routers,
    kit: FileKit,
    start: String,
}

impl TestApp {
    /// An app with these pages; visitors start at `/`.
    pub fn new(pages: Router) -> Self {
        Self::with(pages, |kit| kit)
    }

    /// An app with these pages and other than the default settings.
    pub fn with(pages: Router, settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> Self {
        let files = UploadDir::new();
        let fleet = Fleet::current();
        let build = || {
            // As in a program without the feature, which the tests of figures have.
            let kit = files.settings(FileKit::builder()).metrics(false);
            let kit = fleet.iter().fold(kit, |kit, fleet| fleet.joined_by(kit));
            settings(kit).build().expect("a directory to write to")
        };
        let kits: Vec<FileKit> = std::iter::repeat_with(build).take(fleet.as_ref().map_or(1, |of| of.size())).collect();
        let routers = kits.iter().map(|kit| kit.router(pages.clone())).collect();
        Self {
            routers: Routers::new(fleet, routers, &files.path()),
            kit: kits[0].clone(),
            files,
            start: "/".to_owned(),
        }
    }

    /// An app with these pages below a prefix of a bigger app; visitors start there.
    pub fn mounted(prefix: &str, pages: Router) -> Self {
        let app = Self::new(pages).layered(|router| Router::new().nest(prefix, router));
        Self { start: prefix.to_owned(), ..app }
    }

    /// The same app with layers around everything.
    #[must_use]
    pub fn layered(self, layers: impl Fn(Router) -> Router) -> Self {
        Self { routers: self.routers.map(layers), ..self }
    }

    /// The filekit that serves the pages; of several servers, the first one's.
    pub fn kit(&self) -> &FileKit {
        &self.kit
    }

    /// Whether there are several servers.
    pub fn is_fleet(&self) -> bool {
        matches!(self.routers, Routers::Fleet { .. })
    }

    /// What lies on the disk.
    pub fn files(&self) -> &UploadDir {
        &self.files
    }

    /// Names of stored files, sorted.
    pub fn stored_names(&self) -> Vec<String> {
        self.files.stored_names()
    }

    /// Whether no file lies about half received.
    pub fn spool_is_empty(&self) -> bool {
        self.files.spool_is_empty()
    }

    /// What answers requests.
    pub(crate) fn router(&self) -> Router {
        self.routers.router()
    }

    /// The app as a site to visit.
    pub fn site(&self) -> Site {
        Site::Router(self.router())
    }

    /// A new visitor, on the start page.
    pub async fn visitor(&self) -> Visitor {
        Visitor::at(self.site(), &self.start).await
    }

    /// A visitor who hasn't seen anything yet.
    pub fn stranger(&self) -> Visitor {
        Visitor::stranger(self.site())
    }

    /// A new visitor follows a link of the start page: the answer while it is made, with its body still to be read.
    pub async fn followed(&self, link: &str) -> Response<Body> {
        let visitor = self.visitor().await;
        let cookies: Vec<String> = visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(visitor.page().href(link)).header("host", self.site().authority());
        let request = request.header("cookie", cookies.join("; ")).body(Body::empty()).expect("a request");
        let Ok(response) = self.router().oneshot(request).await;
        response
    }

    /// Serves the app on a socket of its own, behind the [layers](crate::LAYERS) that programs put in front, until the test ends.
    pub async fn listen(&self) -> SocketAddr {
        self.routers.clone().map(behind_layers).listen().await
    }

    /// Serves the app on a socket of its own and with nothing in front, until the test ends.
    pub async fn listen_bare(&self) -> SocketAddr {
        self.routers.listen().await
    }
}
