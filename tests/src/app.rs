//! A filekit app in this process, with an upload directory of its own.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use filekit::{FileKit, FileKitBuilder};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::{Site, UploadDir, Visitor, behind_layers};

/// An app under test. Requests go straight into its router unless it [listens](Self::listen).
#[derive(Debug)]
pub struct TestApp {
    files: UploadDir,
    router: Router,
    kit: FileKit,
    start: String,
}

impl TestApp {
    /// An app with these pages; visitors start at `/`.
    pub fn new(pages: Router) -> Self {
        Self::with(pages, |kit| kit)
    }

    /// An app with these pages and other than the default settings.
    pub fn with(pages: Router, settings: impl FnOnce(FileKitBuilder) -> FileKitBuilder) -> Self {
        let files = UploadDir::new();
        let kit = settings(FileKit::builder().upload_dir(files.path())).build().expect("a directory to write to");
        Self { files, router: kit.router(pages), kit, start: "/".to_owned() }
    }

    /// An app with these pages below a prefix of a bigger app; visitors start there.
    pub fn mounted(prefix: &str, pages: Router) -> Self {
        let app = Self::new(pages);
        Self { router: Router::new().nest(prefix, app.router), start: prefix.to_owned(), ..app }
    }

    /// The same app with layers around everything.
    #[must_use]
    pub fn layered(self, layers: impl FnOnce(Router) -> Router) -> Self {
        Self { router: layers(self.router), ..self }
    }

    /// The filekit that serves the pages.
    pub fn kit(&self) -> &FileKit {
        &self.kit
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
        self.router.clone()
    }

    /// The app as a site to visit.
    pub fn site(&self) -> Site {
        Site::Router(self.router.clone())
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
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }

    /// Serves the app on a socket of its own, behind the [layers](crate::LAYERS) that programs put in front, until the test ends.
    pub async fn listen(&self) -> SocketAddr {
        serve(behind_layers(self.router())).await
    }

    /// Serves the app on a socket of its own and with nothing in front, until the test ends.
    pub async fn listen_bare(&self) -> SocketAddr {
        serve(self.router()).await
    }
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
