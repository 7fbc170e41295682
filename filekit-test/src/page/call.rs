//! Calls of events, and what their answers mean.

use std::sync::atomic::{AtomicU64, Ordering};

use filekit::axum::body::Body;
use filekit::axum::http::{Method, header};
use serde_json::{Value, json};

use crate::page::Page;
use crate::page::actions::Step;
use crate::page::document::Change;
use crate::page::rules::words;
use crate::visitor::Answer;

/// The media types that the script of a page accepts.
pub(super) const REPLIES: &str = "application/json, application/x-ndjson";

/// Numbers of calls: a server answers a call that comes twice as it did before.
static CALLS: AtomicU64 = AtomicU64::new(1);

/// The outcome of a call.
pub(super) enum Reply {
    Done(Vec<Value>),
    Refused(Refusal),
}

/// Why a call was refused.
#[derive(Debug, Default)]
pub(super) struct Refusal {
    pub(super) message: String,
    /// The name of the file that is to blame, if one is.
    pub(super) file: Option<String>,
    /// The files that are to blame, by their numbers in the plan, with words for each.
    pub(super) refused: Vec<(usize, String)>,
}

impl Page {
    /// Calls an event of the page, with files if it takes any.
    pub(super) async fn call(&mut self, action: &Value) -> Step {
        let arguments: Vec<Value> = action["arguments"].as_array().cloned().unwrap_or_default();
        let is_upload = |argument: &&Value| argument[0] == "upload_files";
        let ids = arguments.iter().filter(is_upload).filter_map(|argument| argument[1].as_str());
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let values: Vec<Value> = arguments.iter().map(|argument| self.evaluate(argument)).collect();
        let call = json!({ "page": self.page_address(), "capability": action["event"], "arguments": values });
        if !ids.is_empty() {
            return self.upload(ids, call).await;
        }
        let path = format!("{}/_filekit/event", self.document.base);
        let request = self.visitor.request(Method::POST, &path);
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT, REPLIES);
        let answer = self.visitor.send(request.body(Body::from(self.stamped(&call).to_string()))).await;
        match self.read_reply(&answer).await {
            Reply::Done(actions) => Step::Next(actions),
            Reply::Refused(Refusal { message, .. }) => {
                self.messages.push(message);
                Step::Failed
            }
        }
    }

    /// The page as the server knows it: a layer may have rewritten the path that the visitor asked for.
    pub(super) fn page_address(&self) -> String {
        let path = self.document.page.split('?').next().unwrap_or_default();
        let query = self.address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        format!("{path}{query}")
    }

    /// Adds to a call what it says of the document, and a number of its own.
    pub(super) fn stamped(&self, call: &Value) -> Value {
        let mut call = call.clone();
        call["instance"] = json!(self.document.stamp());
        call["once"] = json!(CALLS.fetch_add(1, Ordering::Relaxed));
        call
    }

    /// Shows what an answer brings, compares the page if it has changed, and returns what the answer says in the end.
    pub(super) async fn read_reply(&mut self, answer: &Answer) -> Reply {
        let (mut last, mut has_view) = (None, false);
        for line in answer.text().lines() {
            let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
            for view in [&line["update"], &line["view"]].into_iter().filter(|view| view.is_object()) {
                has_view = true;
                if let Err(misfit) = self.document.show(view) {
                    self.fail(&format!("the event's patch does not fit the page: {misfit}"));
                }
            }
            if line["actions"].is_array() || line["error"].is_object() {
                last = Some(line);
            }
        }
        let reply = last.unwrap_or_else(|| json!({}));
        let actions = reply["actions"].as_array().cloned();
        let leads_away = actions.iter().flatten().any(|action| action["action"] == "redirect");
        if has_view && !leads_away {
            self.compare(Change::Event).await;
        }
        match actions {
            Some(actions) => Reply::Done(actions),
            None => Reply::Refused(self.refusal(answer, &reply["error"])),
        }
    }

    fn refusal(&self, answer: &Answer, error: &Value) -> Refusal {
        let texts = &self.document.texts;
        let text = |field: &str| error[field].as_str().map(str::to_owned);
        let Some(message) = text("message") else {
            let status = answer.status.as_u16().to_string();
            let message = words(texts, "client.bad-reply", &[("status", &status)]);
            return Refusal { message, ..Refusal::default() };
        };
        let reference =
            text("reference").map(|reference| words(texts, "client.reference", &[("reference", &reference)]));
        let refused = error["refused"].as_array().into_iter().flatten().filter_map(|refused| {
            let nth = usize::try_from(refused["nth"].as_u64()?).ok()?;
            Some((nth, refused["message"].as_str().unwrap_or(&message).to_owned()))
        });
        let refused = refused.collect();
        let message = [Some(message), reference].into_iter().flatten().collect::<Vec<_>>().join("\n");
        Refusal { message, file: text("file"), refused }
    }
}
