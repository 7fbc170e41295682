//! The servers that are measured, each a program of its own that serves the files below a folder.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use filekit::guard::FileEvent;
use filekit::prelude::*;
use filekit::serving::ServeByProxy;
use http_body_util::Full;
use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use metrics_exporter_prometheus::PrometheusBuilder;
use tower_http::services::ServeDir;

use crate::{BIG, CONSTANT, SMALL};

const TIB: u64 = 1 << 40;

/// The chapter with the configuration of nginx.
const GUIDE: &str = include_str!("../../../filekit/docs/serving.md");

/// What a user of axum writes, and one line that few do: without `TCP_NODELAY` small files are several times slower.
pub(crate) fn serve_dir(folder: &Path) -> io::Result<()> {
    runtime()?.block_on(async {
        let app = Router::new().fallback_service(ServeDir::new(folder.join("files")));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a connection"));
        axum::serve(listener, app).await
    })
}

async fn index() -> View {
    view![link(href = upload_url(BIG), "Big"), link(href = upload_url(SMALL), "Small")]
}

pub(crate) fn filekit(folder: &Path) -> Result<()> {
    let filekit =
        FileKit::builder().upload_dir(folder.join("files")).assets(folder.join("assets")).metrics(false).build()?;
    runtime()?.block_on(filekit.serve(Router::new().route("/", get(index))))
}

/// The same, which is guarded by all that there is: a quota, an observer of all events, and figures for Prometheus.
pub(crate) fn filekit_guarded(folder: &Path) -> Result<()> {
    static BYTES: AtomicU64 = AtomicU64::new(0);
    let _figures = PrometheusBuilder::new().install_recorder()?;
    let count = |event: &FileEvent| _ = BYTES.fetch_add(event.bytes.unwrap_or_default(), Ordering::Relaxed);
    let quota = Quota::new().per_owner(TIB).total(TIB).keep_free(MB);
    let files = folder.join("files");
    let filekit = FileKit::builder().upload_dir(files).no_assets().quota(quota).on_event(count).build()?;
    runtime()?.block_on(filekit.serve(Router::new().route("/", get(index))))
}

/// The same, whose files nginx sends.
pub(crate) fn filekit_by_nginx(folder: &Path) -> Result<()> {
    let by_nginx = ServeByProxy::XAccelRedirect("/internal/".to_owned());
    let filekit = FileKit::builder()
        .upload_dir(folder.join("files"))
        .no_assets()
        .serve_by_proxy(by_nginx)
        .metrics(false)
        .build()?;
    runtime()?.block_on(filekit.serve(Router::new().route("/", get(index))))
}

/// What stands in the server of the guide's nginx, for a filekit at this address.
pub(crate) fn nginx_of_guide(address: &str, folder: &Path) -> String {
    let (_, rest) = GUIDE.split_once("```nginx\nserver {\n").expect("a configuration in the guide");
    let (server, _) = rest.split_once("\n}\n```").expect("its end");
    let uploads = folder.join("files").display().to_string();
    server.replace("listen 80;", "").replace("127.0.0.1:3000", address).replace("/srv/uploads", &uploads)
}

/// What hyper can do at most: the same bytes each time, with no file, no route and no time limit.
pub(crate) fn constant() -> io::Result<()> {
    runtime()?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on http://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let answer =
                async |_| Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(&[b'x'; CONSTANT as usize]))));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            tokio::spawn(connection);
        }
    })
}

/// As `#[tokio::main]` makes it.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}
