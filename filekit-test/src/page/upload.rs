//! Calls of events that take files, with connections that break off. What is small goes in one request, as a browser sends it; else a
//! plan comes first, and then the bytes.

use std::io;

use filekit::axum::body::{Body, Bytes};
use filekit::axum::http::{Method, StatusCode, header};
use futures_util::stream;
use serde_json::{Value, json};

use crate::page::Page;
use crate::page::actions::Step;
use crate::page::call::{REPLIES, Refusal, Reply};
use crate::page::client::{ChosenFile, Status};
use crate::page::rules::Rules;
use crate::visitor::Answer;

const PLAN: &str = "application/vnd.filekit.plan";
const PARTIAL: &str = "application/partial-upload";

/// Files of at most so many bytes go in one request, together with their plan.
const SMALL: usize = 1 << 20;

/// The time that each file says it was changed last, in milliseconds.
const MODIFIED: u64 = 1_700_000_000_000;

/// The call of an event with files, from the click to the reply.
#[derive(Debug)]
pub(super) struct Upload {
    ids: Vec<String>,
    call: Value,
    /// The files, each with the upload that it was chosen for.
    files: Vec<(String, ChosenFile)>,
    /// Where the bytes go, once the server has said so; empty if it takes them in one request only.
    url: String,
    /// The actions that follow it.
    pub(super) then: Vec<Value>,
}

impl Upload {
    pub(super) fn is_for(&self, id: &str) -> bool {
        self.ids.iter().any(|one| one == id)
    }

    fn numbers(&self) -> Vec<u64> {
        self.files.iter().map(|(_, chosen)| chosen.number).collect()
    }

    fn bytes(&self) -> Vec<u8> {
        self.files.iter().flat_map(|(_, chosen)| chosen.file.bytes.iter().copied()).collect()
    }

    fn size(&self) -> usize {
        self.files.iter().map(|(_, chosen)| chosen.file.bytes.len()).sum()
    }
}

/// A try to send an upload.
enum Delivery {
    Answered(Answer),
    /// So many of its bytes got through.
    Broken(usize),
}

impl Page {
    /// Calls an event with the files of some uploads.
    pub(super) async fn upload(&mut self, ids: Vec<String>, call: Value) -> Step {
        if let Some(id) = ids.iter().find(|id| self.broken.as_ref().is_some_and(|broken| broken.is_for(id))) {
            self.fail(&format!("an upload of {id:?} waits for its connection: resume() or cancel({id:?}) comes first"));
        }
        if let Some(objection) = ids.iter().find_map(|id| self.objection(id)) {
            self.messages.push(objection);
            return Step::Failed;
        }
        let files = self.client.files_of(&ids);
        self.begin_upload(Upload { ids, call, files, url: String::new(), then: Vec::new() }).await
    }

    /// Sends one failed file again, for the event of its upload.
    pub(super) async fn retry(&mut self, number: u64) -> Step {
        let Some((call, id, chosen)) = self.failed(number) else { return Step::Next(Vec::new()) };
        let files = vec![(id.clone(), chosen)];
        self.begin_upload(Upload { ids: vec![id], call, files, url: String::new(), then: Vec::new() }).await
    }

    /// A failed file, with its upload and the call that it was sent with.
    fn failed(&self, number: u64) -> Option<(Value, String, ChosenFile)> {
        let call = self.client.failed_calls.get(&number)?.clone();
        let mut files = self
            .client
            .selections
            .iter()
            .flat_map(|(id, selection)| selection.files.iter().map(move |chosen| (id.clone(), chosen.clone())));
        files.find(|(_, chosen)| chosen.number == number).map(|(id, chosen)| (call, id, chosen))
    }

    /// Why a selection cannot be sent as it is.
    fn objection(&self, id: &str) -> Option<String> {
        let elements = self.document.tree.elements();
        let zone = elements.into_iter().find(|element| element.attribute("data-filekit-upload") == Some(id))?;
        let declared = serde_json::from_str(zone.attribute("data-filekit-rules")?).unwrap_or_default();
        let count = self.client.selections.get(id).map_or(0, |selection| selection.files.len());
        Rules { declared, is_single: false, texts: &self.document.texts }.objection(count)
    }

    async fn begin_upload(&mut self, mut upload: Upload) -> Step {
        let breaks_after = self.breaks_after.take();
        if let Some(bytes) = breaks_after.filter(|bytes| *bytes >= upload.size()) {
            self.fail(&format!("break_after({bytes}): the upload has {} bytes only", upload.size()));
        }
        let sent = self.send_upload(&mut upload, breaks_after).await;
        self.end_upload(upload, sent).await
    }

    /// Sends an upload from its beginning.
    async fn send_upload(&mut self, upload: &mut Upload, breaks_after: Option<usize>) -> Delivery {
        if upload.size() <= SMALL && breaks_after.is_none() {
            return Delivery::Answered(self.send_at_once(upload).await);
        }
        let answer = self.send_plan("?0", Body::from(self.plan(upload).to_string())).await;
        let planned: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match &planned["upload"] {
            Value::String(url) => {
                upload.url.clone_from(url);
                self.send_bytes(upload, 0, breaks_after).await
            }
            // The event reads its files while they arrive: it takes them in one request.
            Value::Null if answer.status == StatusCode::OK => match breaks_after {
                None => Delivery::Answered(self.send_at_once(upload).await),
                Some(bytes) => {
                    let begin = self.with_plan(upload, &upload.bytes()[..bytes]);
                    self.send_plan("?1", broken_off(begin)).await;
                    Delivery::Broken(0)
                }
            },
            _ => Delivery::Answered(answer),
        }
    }

    /// Sends the plan of an upload, and all of its bytes behind it.
    async fn send_at_once(&self, upload: &Upload) -> Answer {
        self.send_plan("?1", Body::from(self.with_plan(upload, &upload.bytes()))).await
    }

    fn with_plan(&self, upload: &Upload, bytes: &[u8]) -> Vec<u8> {
        [self.plan(upload).to_string().as_bytes(), b"\n", bytes].concat()
    }

    /// The plan of an upload: its call, and the names and sizes of its files.
    fn plan(&self, upload: &Upload) -> Value {
        let files = upload.files.iter().map(|(id, ChosenFile { file, .. })| {
            json!({ "upload": id, "name": file.name, "size": file.bytes.len(), "modified": MODIFIED })
        });
        json!({ "call": self.stamped(&upload.call), "files": files.collect::<Value>() })
    }

    async fn send_plan(&self, complete: &str, body: Body) -> Answer {
        let path = format!("{}/_filekit/upload", self.document.base);
        let request = self.visitor.request(Method::POST, &path).header(header::CONTENT_TYPE, PLAN);
        let request = request.header(header::ACCEPT, REPLIES).header("upload-complete", complete);
        self.visitor.send(request.body(body)).await
    }

    /// Sends the bytes of a planned upload from an offset on.
    async fn send_bytes(&self, upload: &Upload, offset: usize, breaks_after: Option<usize>) -> Delivery {
        let rest = upload.bytes().split_off(offset);
        let body = match breaks_after {
            Some(bytes) => broken_off(rest[..bytes - offset].to_vec()),
            None => Body::from(rest),
        };
        let request = self.visitor.request(Method::PATCH, &upload.url).header(header::CONTENT_TYPE, PARTIAL);
        let request = request.header("upload-offset", offset).header("upload-complete", "?1");
        let request = request.header("filekit-instance", self.document.stamp()).header(header::ACCEPT, REPLIES);
        let answer = self.visitor.send(request.body(body)).await;
        match breaks_after {
            // Nothing of an answer comes through a connection that is gone.
            Some(bytes) => Delivery::Broken(bytes),
            None => Delivery::Answered(answer),
        }
    }

    async fn end_upload(&mut self, upload: Upload, sent: Delivery) -> Step {
        let numbers = upload.numbers();
        let answer = match sent {
            Delivery::Answered(answer) => answer,
            Delivery::Broken(bytes) => {
                self.client.set_status(&numbers, &Status::Waiting);
                self.show_waiting(&upload, Some((bytes, upload.size())));
                self.broken = Some(upload);
                return Step::Waits;
            }
        };
        self.show_waiting(&upload, None);
        match self.read_reply(&answer).await {
            Reply::Done(mut actions) => {
                self.client.remove(&numbers);
                actions.extend(upload.then);
                Step::Next(actions)
            }
            Reply::Refused(refusal) => {
                self.mark_failed(&upload, &refusal);
                self.messages.push(refusal.message);
                Step::Failed
            }
        }
    }

    fn show_waiting(&mut self, upload: &Upload, waiting: Option<(usize, usize)>) {
        for id in &upload.ids {
            let selection = self.client.selection(id);
            (selection.waiting, selection.is_paused) = (waiting, false);
        }
    }

    /// Marks the files that are to blame for a refusal, or else all of them.
    fn mark_failed(&mut self, upload: &Upload, refusal: &Refusal) {
        let is_told = !refusal.refused.is_empty();
        let words = |nth: usize, chosen: &ChosenFile| match refusal.refused.iter().find(|(other, _)| *other == nth) {
            Some((_, words)) => Some(words.clone()),
            None if is_told => None,
            None => {
                let is_blamed = refusal.file.as_ref().is_none_or(|file| *file == chosen.file.name);
                is_blamed.then(|| refusal.message.clone())
            }
        };
        for (nth, (_, chosen)) in upload.files.iter().enumerate() {
            let status = match words(nth, chosen) {
                Some(words) => {
                    self.client.failed_calls.insert(chosen.number, upload.call.clone());
                    Status::Failed(words)
                }
                None => Status::Selected,
            };
            self.client.set_status(&[chosen.number], &status);
        }
    }

    /// Lets the upload go on that waits for its connection.
    pub(super) async fn resume_upload(&mut self) {
        let Some(mut upload) = self.broken.take() else { return };
        let breaks_after = self.breaks_after.take();
        let sent = match self.offset(&upload).await {
            Some(offset) => {
                if let Some(bytes) = breaks_after.filter(|bytes| !(offset..upload.size()).contains(bytes)) {
                    let size = upload.size();
                    self.fail(&format!("break_after({bytes}): of {size} bytes {offset} are there already"));
                }
                self.send_bytes(&upload, offset, breaks_after).await
            }
            // The server has nothing of it.
            None => self.send_upload(&mut upload, breaks_after).await,
        };
        match self.end_upload(upload, sent).await {
            Step::Next(actions) => Box::pin(self.perform(actions)).await,
            Step::Failed | Step::Waits => {}
        }
    }

    /// How many bytes of an upload the server has; `None` if it does not know it.
    async fn offset(&self, upload: &Upload) -> Option<usize> {
        if upload.url.is_empty() {
            return None;
        }
        let request = self.visitor.request(Method::HEAD, &upload.url).body(Body::empty());
        self.visitor.send(request).await.header("upload-offset").parse().ok()
    }

    /// Gives up the upload that waits for its connection, if it is this one.
    pub(super) async fn cancel_upload(&mut self, id: &str) {
        let Some(upload) = self.broken.take_if(|broken| broken.is_for(id)) else { return };
        if !upload.url.is_empty() {
            let request = self.visitor.request(Method::DELETE, &upload.url).body(Body::empty());
            self.visitor.send(request).await;
        }
        self.client.set_status(&upload.numbers(), &Status::Selected);
        self.show_waiting(&upload, None);
    }
}

/// A body whose connection is gone behind these bytes.
fn broken_off(bytes: Vec<u8>) -> Body {
    let gone = io::Error::new(io::ErrorKind::ConnectionReset, "the connection of the test broke off");
    Body::from_stream(stream::iter([Ok(Bytes::from(bytes)), Err(gone)]))
}
