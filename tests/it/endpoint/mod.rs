//! `upload_endpoint(..)`: files from other programs, by tus, by the IETF draft, and as forms. Pages and their own client are
//! elsewhere.

mod bad_input;
mod bounds;
mod browsers;
mod clients;
mod concurrent;
mod draft;
mod events;
mod file_events;
mod forms;
mod joined;
mod process;
mod raw;
mod rights;
mod tus;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use filekit::FileKitBuilder;
use filekit::prelude::*;
use filekit_tests::{Reply, TestApp, Visitor};
use sha2::{Digest as _, Sha256};

/// What came in, one line for each event.
#[state]
#[derive(Default)]
struct Inbox {
    files: Vec<String>,
}

/// Takes small files of a few kinds.
const PAPERS: Upload = Upload::new("papers").accept(&["text/*", ".bin"]).max_size(20 * MB).min_size(2);

#[state]
impl Inbox {
    /// Notes the file, and keeps it.
    #[event]
    async fn take(&mut self, file: UploadFile) -> Result<Toast> {
        match file.name().as_str() {
            "unwanted.txt" => return Err(Error::user("Not this one.")),
            "broken.txt" => return Err(std::io::Error::other("a secret detail").into()),
            _ => {}
        }
        self.files.push(line(&file).await?);
        let name = file.save().await?.name().to_owned();
        Ok(Toast::success(format!("{name} is here")))
    }

    #[event]
    async fn take_labelled(&mut self, files: Vec<UploadFile>, label: String) -> Result<()> {
        let [file] = files.as_slice() else { return Err(Error::user("one at a time")) };
        self.files.push(format!("{label}: {}", line(file).await?));
        Ok(())
    }

    #[event]
    async fn take_paper(&mut self, file: Option<UploadFile>) -> Result<()> {
        self.files.push(line(&file.ok_or_else(|| Error::user("nothing came"))?).await?);
        Ok(())
    }
}

/// A file as the inbox notes it: path, size, and the beginning of its digest.
async fn line(file: &UploadFile) -> Result<String> {
    Ok(noted(file.path().as_str(), &file.bytes().await?))
}

/// As the inbox notes a file of this path and content.
fn noted(path: &str, content: &[u8]) -> String {
    let digest: String = Sha256::digest(content).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{path} {} {digest}", content.len())
}

async fn page(inbox: Current<Inbox>) -> View {
    view![
        upload(id = "files", "Drop here"),
        upload(id = PAPERS, "Papers"),
        code(id = "any", upload_endpoint(Inbox::take(upload_files("files")))),
        code(id = "labelled", upload_endpoint(Inbox::take_labelled(upload_files("files"), "from outside"))),
        code(id = "papers-only", upload_endpoint(Inbox::take_paper(upload_files(PAPERS)))),
        for file in &inbox.files {
            link(href = "/", file)
        },
    ]
}

fn app() -> TestApp {
    app_with(|kit| kit)
}

fn app_with(settings: impl Fn(FileKitBuilder) -> FileKitBuilder) -> TestApp {
    TestApp::with(Router::new().route("/", get(page)), settings)
}

/// The URL of an endpoint on a visitor's page.
fn endpoint(visitor: &Visitor, id: &str) -> String {
    let elements = visitor.page().named("code");
    let element = elements.iter().find(|element| element.attribute("id") == Some(id)).expect("an endpoint");
    element.text()
}

/// What has come in for a visitor by now.
async fn inbox(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    visitor.page().links()
}

/// A program that sends files: it has no cookies, and knows URLs alone.
#[derive(Clone, Debug)]
struct Sender {
    visitor: Visitor,
}

/// The fields of a request.
type Fields<'a> = &'a [(&'static str, &'a str)];

impl Sender {
    fn new(app: &TestApp) -> Self {
        Self { visitor: app.stranger() }
    }

    async fn send(&self, method: &str, url: &str, fields: Fields<'_>, body: impl Into<Bytes>) -> Reply {
        self.visitor.clone().send(request(method, url, fields, body.into())).await
    }
}

/// A request with a body that has a length.
fn request(method: &str, url: &str, fields: Fields<'_>, body: Bytes) -> Request<Body> {
    let method: Method = method.parse().expect("a method");
    let mut request = Request::builder().method(method).uri(url).header(header::HOST, "filekit.test");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.header(header::CONTENT_LENGTH, body.len()).body(Body::from(body)).expect("a request")
}

/// Checks a status, and shows the answer if it is another.
#[track_caller]
fn assert_status(reply: &Reply, expected: u16) {
    let status = StatusCode::from_u16(expected).expect("a status");
    assert_eq!(reply.status(), status, "{:?} {}", reply.headers(), String::from_utf8_lossy(reply.bytes()));
}
