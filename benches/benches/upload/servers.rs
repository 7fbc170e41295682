//! The servers that are measured, each a program of its own that keeps what it is sent below a folder.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::routing::post;
use filekit::guard::{FileEvent, Verdict};
use filekit::prelude::*;
use metrics_exporter_prometheus::PrometheusBuilder;
use multer::Multipart;

use crate::load::{FILE_SIZE, UPLOAD};
use benches::message::Head;

/// Small enough for the processor's cache, and large enough that calls of the system cost little.
const BUFFER: usize = 256 * 1024;

const TIB: u64 = 1 << 40;

/// As little as a server can do: reads a socket and writes files, one connection after the other.
pub(crate) fn bare(folder: &Path) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    announce(listener.local_addr()?);
    for connection in listener.incoming() {
        let mut connection = connection?;
        while bare_request(&mut connection, folder)? {}
    }
    Ok(())
}

/// Every `FILE_SIZE` bytes of the body are a file.
fn bare_request(connection: &mut TcpStream, folder: &Path) -> io::Result<bool> {
    let Some(head) = Head::read(connection)? else { return Ok(false) };
    let size = head.number(FILE_SIZE).unwrap_or(u64::MAX);
    let mut left = head.number("content-length").unwrap_or_default();
    let mut buffer = vec![0; BUFFER];
    let (mut file, mut file_left, mut count) = (None, 0, 0);
    let mut piece = head.rest.len();
    buffer[..piece].copy_from_slice(&head.rest);
    loop {
        left -= piece as u64;
        let mut bytes = &buffer[..piece];
        while !bytes.is_empty() {
            if file_left == 0 {
                file = Some(File::create(folder.join(format!("{}-{count}", head.name())))?);
                (file_left, count) = (size, count + 1);
            }
            let (now, later) = bytes.split_at(file_left.min(bytes.len() as u64) as usize);
            file.as_mut().expect("a file").write_all(now)?;
            file_left -= now.len() as u64;
            bytes = later;
        }
        if left == 0 {
            break;
        }
        piece = connection.read(&mut buffer)?;
        if piece == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    Ok(true)
}

/// What a user would write by hand: each chunk goes into the file of its field as it comes.
pub(crate) fn axum(folder: &Path) -> io::Result<()> {
    runtime()?.block_on(async {
        let app = Router::new().route("/", post(keep)).with_state(folder.to_owned());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        announce(listener.local_addr()?);
        axum::serve(listener, app).await
    })
}

async fn keep(State(folder): State<PathBuf>, request: Request<Body>) -> Result<(), StatusCode> {
    keep_fields(&folder, request).await.map_err(|error| {
        eprintln!("{error}");
        StatusCode::INTERNAL_SERVER_ERROR
    })
}

async fn keep_fields(folder: &Path, request: Request<Body>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let content_type = request.headers().get(header::CONTENT_TYPE).ok_or("no content type")?;
    let boundary = multer::parse_boundary(content_type.to_str()?)?;
    let mut multipart = Multipart::new(request.into_body().into_data_stream(), boundary);
    while let Some(mut field) = multipart.next_field().await? {
        let name = field.file_name().ok_or("no file")?.replace(['/', '\\'], "_");
        let mut file = File::create(folder.join(name))?;
        while let Some(chunk) = field.chunk().await? {
            file.write_all(&chunk)?;
        }
    }
    Ok(())
}

/// A page as a user of filekit writes it, with an event that keeps what comes, and one that only looks at it.
#[state]
#[derive(Default)]
struct Uploads {
    count: usize,
}

#[state]
impl Uploads {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            file.save().await?;
            self.count += 1;
        }
        Ok(())
    }

    #[event]
    async fn drop_all(&mut self, files: Vec<UploadFile>) {
        self.count += files.len();
    }
}

async fn index(uploads: Current<Uploads>) -> View {
    view![
        upload(id = UPLOAD, "Drop files here"),
        button(on_click = Uploads::keep(upload_files(UPLOAD)), "Keep"),
        button(on_click = Uploads::drop_all(upload_files(UPLOAD)), "Look"),
        text(uploads.count, " files"),
    ]
}

async fn guarded_index(uploads: Current<Uploads>) -> View {
    view![
        upload(id = UPLOAD, check = has_content, "Drop files here"),
        button(on_click = Uploads::keep(upload_files(UPLOAD)), "Keep"),
        text(uploads.count, " files"),
    ]
}

/// A check that costs nothing by itself.
async fn has_content(file: &UploadFile) -> Verdict {
    if file.size() > 0 { Verdict::Clean } else { Verdict::Refuse("It is empty.".to_owned()) }
}

pub(crate) fn filekit(folder: &Path, durable: bool) -> Result<()> {
    let filekit = FileKit::builder().upload_dir(folder).durable_uploads(durable).metrics(false).build()?;
    runtime()?.block_on(filekit.serve(Router::new().route("/", get(index))))
}

/// The same, which is guarded by all that there is: a quota with each of its bounds, a check, an observer of all events, and figures for
/// Prometheus.
pub(crate) fn filekit_guarded(folder: &Path) -> Result<()> {
    static BYTES: AtomicU64 = AtomicU64::new(0);
    let _figures = PrometheusBuilder::new().install_recorder()?;
    let count = |event: &FileEvent| _ = BYTES.fetch_add(event.bytes.unwrap_or_default(), Ordering::Relaxed);
    // What a program would bound, and no upload reaches.
    let quota = Quota::new().per_owner(TIB).per_address(TIB).total(TIB).keep_free(MB);
    let quota = quota.uploads_per_minute(1_000_000).parallel(1_000);
    let filekit = FileKit::builder().upload_dir(folder).quota(quota).on_event(count).build()?;
    runtime()?.block_on(filekit.serve(Router::new().route("/", get(guarded_index))))
}

/// As `#[tokio::main]` makes it.
fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

fn announce(address: std::net::SocketAddr) {
    println!("listening on http://{address}");
}
