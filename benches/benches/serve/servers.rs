//! The servers that are measured, each a program of its own that serves the files below a folder.

use std::io;
use std::path::Path;

use axum::Router;
use axum::serve::ListenerExt as _;
use filekit::prelude::*;
use tower_http::services::ServeDir;

use crate::{BIG, SMALL};

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
    let filekit = FileKit::builder().upload_dir(folder.join("files")).assets(folder.join("assets")).build()?;
    runtime()?.block_on(filekit.serve(Router::new().route("/", get(index))))
}

/// As `#[tokio::main]` makes it.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// nginx as Debian sets it up. It would close a connection after 1,000 requests.
pub(crate) fn nginx_configuration(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        "user root;
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
    }}
}}
"
    )
}
