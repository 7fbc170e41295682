//! Uploads that come in parts, as the script of a page sends them.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{Reply, Visitor};

/// What a script says of its files before it sends them.
const PLAN: &str = "application/vnd.filekit.plan";

impl Visitor {
    /// The plan of an upload to `id`, to be altered before it is sent.
    ///
    /// # Panics
    /// When no control of the page uploads to `id`.
    pub fn plan(&self, id: &str, files: &[(&str, &[u8])]) -> Value {
        let files: Vec<Value> = files
            .iter()
            .map(|(name, bytes)| json!({"upload": id, "name": name, "size": bytes.len(), "modified": 1_700_000_000_000_u64}))
            .collect();
        json!({"call": self.upload_call(id), "files": files})
    }

    /// A request with a plan; the bytes come later.
    pub fn plan_request(&self, plan: &Value) -> Request<Body> {
        self.planned(plan, "?0", Vec::new())
    }

    /// A request with a plan and all bytes of its files behind it.
    pub fn plan_with_bytes(&self, plan: &Value, bytes: &[u8]) -> Request<Body> {
        self.planned(plan, "?1", [b"\n", bytes].concat())
    }

    fn planned(&self, plan: &Value, complete: &str, rest: Vec<u8>) -> Request<Body> {
        let mut request = self.upload_request([plan.to_string().into_bytes(), rest].concat());
        let headers = request.headers_mut();
        headers.insert(header::CONTENT_TYPE, PLAN.parse().expect("a value"));
        headers.insert("upload-complete", complete.parse().expect("a value"));
        request
    }

    /// Begins an upload, and returns where its bytes go.
    ///
    /// # Panics
    /// When the plan is refused.
    pub async fn begin_upload(&mut self, id: &str, files: &[(&str, &[u8])]) -> String {
        let request = self.plan_request(&self.plan(id, files));
        let reply = self.send(request).await;
        assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
        assert_eq!(reply.json()["upload"], reply.header("location"));
        reply.header("location").to_owned()
    }

    /// A request with bytes of an upload from an offset on, and whether they are the last ones.
    pub fn part(&self, upload: &str, offset: usize, complete: bool, body: impl Into<Body>) -> Request<Body> {
        let request = self.request(Method::PATCH, upload).header("upload-offset", offset);
        let request = request.header("upload-complete", if complete { "?1" } else { "?0" });
        let request = request.header(header::CONTENT_TYPE, "application/partial-upload");
        request.body(body.into()).expect("a request")
    }

    /// Asks how far an upload is.
    pub async fn ask(&mut self, upload: &str) -> Reply {
        let request = self.request(Method::HEAD, upload).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// Asks which parts of a file of an upload are to be sent to the store, behind a part.
    pub async fn missing_parts(&mut self, upload: &str, file: usize, behind: u64) -> Reply {
        let question = json!({ "file": file, "behind": behind, "most": 16 });
        let request = self.request(Method::POST, upload).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(question.to_string().into()).expect("a request")).await
    }

    /// Gives an upload up.
    pub async fn discard(&mut self, upload: &str) -> Reply {
        let request = self.request(Method::DELETE, upload).body(Body::empty());
        self.send(request.expect("a request")).await
    }
}
