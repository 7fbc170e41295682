//! A server that is asked to stop while visitors click and files are on their way: what has begun is answered, nothing of it is lost, and
//! what takes too long goes on at the next server.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use filekit_tests::{Multipart, Reply, Server, UploadDir, Visitor, in_time, patterned, until};
use futures_util::{StreamExt as _, future, stream};
use rustix::process::Signal;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

const CLICKS: usize = 50;
const FORMS: usize = 10;
const RESUMABLE: usize = 10;

/// The size of a file that comes in parts, and how much of it comes before the server stops.
const SIZE: usize = 3 << 20;
const HALF: usize = SIZE / 2;

/// Clicks until no server takes the click any more. Returns the files of those that were answered.
async fn click(visitor: Visitor, nth: usize, first: Arc<Semaphore>) -> Vec<String> {
    let mut kept = Vec::new();
    for count in 0.. {
        let name = format!("click-{nth}-{count}.txt");
        let form = Multipart::new(&visitor.upload_call("file_upload")).file("file_upload", &name, b"click").finish();
        let Some(reply) = visitor.try_send(visitor.upload_request(form)).await else { break };
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
        if kept.is_empty() {
            first.add_permits(1);
        }
        kept.push(name);
    }
    kept
}

/// Sends a form of which the second half comes when `go` says so. Returns its file if it is answered.
async fn send_form(visitor: Visitor, nth: usize, mut go: watch::Receiver<bool>) -> (String, Option<Reply>) {
    let name = format!("form-{nth}.bin");
    let content = patterned(100_000);
    let form = Multipart::new(&visitor.upload_call("file_upload")).file("file_upload", &name, &content).finish();
    let (length, half) = (form.len(), form.slice(..form.len() / 2));
    let rest = form.slice(half.len()..);
    let late = stream::once(async move {
        // The test ends without it if its sender is gone.
        let _ = go.wait_for(|goes| *goes).await;
        rest
    });
    let body = stream::iter([half]).chain(late).map(Ok::<_, Infallible>);
    let mut request = visitor.upload_request(Body::from_stream(body));
    request.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    (name, visitor.try_send(request).await)
}

/// An upload whose second half does not come before the server has stopped.
struct Resumable {
    visitor: Visitor,
    upload: String,
    content: Vec<u8>,
}

impl Resumable {
    async fn begin(mut visitor: Visitor, nth: usize) -> Self {
        let content = patterned(SIZE + nth);
        let upload = visitor.begin_upload("file_upload", &[(&format!("large-{nth}.bin"), &content)]).await;
        Self { visitor, upload, content }
    }

    /// Sends the first half, and holds the connection.
    fn send_half(&self) -> impl Future<Output = ()> + use<> {
        let half = Bytes::copy_from_slice(&self.content[..HALF]);
        let body = stream::iter([Ok::<_, Infallible>(half)]).chain(stream::pending());
        let mut request = self.visitor.part(&self.upload, 0, true, Body::from_stream(body));
        request.headers_mut().insert(header::CONTENT_LENGTH, self.content.len().into());
        let visitor = self.visitor.clone();
        async move { drop(visitor.try_send(request).await) }
    }

    /// Goes on at another server, from where this one says.
    async fn go_on(self, server: &Server) -> Vec<u8> {
        let mut visitor = self.visitor.moved_to(server.site());
        let asked = visitor.ask(&self.upload).await;
        let offset: usize = asked.header("upload-offset").parse().expect("an offset");
        assert!((HALF / 2..=HALF).contains(&offset), "{offset} of {HALF} bytes are kept");
        let rest = visitor.part(&self.upload, offset, true, self.content[offset..].to_vec());
        let reply = visitor.send(rest).await;
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
        self.content
    }
}

/// How many bytes of uploads in parts are on the disk.
fn arrived(files: &UploadDir) -> u64 {
    let folder = files.path().join(".filekit");
    let sizes = files.spooled().into_iter().filter(|name| name.ends_with("/0")).map(|name| folder.join(name));
    sizes.filter_map(|path| Some(path.metadata().ok()?.len())).sum()
}

#[tokio::test]
async fn nothing_that_has_begun_is_lost_when_a_busy_server_is_asked_to_stop() {
    let files = UploadDir::new();
    let server = Server::start(&files).await;
    let address = server.address();
    let mut resumable = Vec::new();
    for nth in 0..RESUMABLE {
        resumable.push(Resumable::begin(server.visitor().await, nth).await);
    }
    let held: Vec<_> = resumable.iter().map(|upload| tokio::spawn(upload.send_half())).collect();
    let (go, goes) = watch::channel(false);
    let mut forms = JoinSet::new();
    for nth in 0..FORMS {
        forms.spawn(send_form(server.visitor().await, nth, goes.clone()));
    }
    let (mut clicks, first) = (JoinSet::new(), Arc::new(Semaphore::new(0)));
    for nth in 0..CLICKS {
        clicks.spawn(click(server.visitor().await, nth, Arc::clone(&first)));
    }
    let of_all = u32::try_from(CLICKS).expect("a small number");
    let _clicking = in_time("every visitor clicks", first.acquire_many(of_all)).await.expect("it is open");
    until("half of each upload is there", async || (arrived(&files) >= (RESUMABLE * HALF / 2) as u64).then_some(()))
        .await;

    server.signal(Signal::TERM);
    until("it stops", async || server.log().contains("waiting for requests that run").then_some(())).await;
    go.send(true).expect("forms wait for it");
    let mut kept: Vec<String> = in_time("clicks end", clicks.join_all()).await.concat();
    assert!(kept.len() >= CLICKS);
    for (name, reply) in in_time("forms end", forms.join_all()).await {
        let reply = reply.unwrap_or_else(|| panic!("{name} was on its way and is not answered"));
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
        kept.push(name);
    }
    // It would wait some seconds more for the uploads, which never end.
    server.signal(Signal::TERM);
    assert!(server.ended().await.success());
    in_time("connections end", future::join_all(held)).await;
    kept.sort();
    assert_eq!(files.stored_names(), kept, "what was answered is stored, and nothing else");

    let server = Server::start_again(Server::upload(), &files, address).await;
    for (nth, upload) in resumable.into_iter().enumerate() {
        let content = upload.go_on(&server).await;
        assert!(files.stored(&format!("large-{nth}.bin")) == content, "large-{nth}.bin");
    }
    assert!(files.spool_is_empty());
}
