//! Somebody with cookies and a page in front of them: opens pages, clicks, uploads, as the client's script would.
//! Values that a browser computes are given by the test; what scripts do to the page is for real browsers.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

use crate::{Element, Html, Multipart, Reply, Site, multipart::content_type};

/// What the script of a page accepts for an answer.
const REPLIES: &str = "application/json, application/x-ndjson";

/// A visitor. A clone is the same visitor in another tab.
#[derive(Clone, Debug)]
pub struct Visitor {
    site: Site,
    cookies: BTreeMap<String, String>,
    path: String,
    base: String,
    /// What the server calls the document, with a version.
    instance: String,
    page: Html,
    headers: BTreeMap<&'static str, String>,
}

impl Visitor {
    /// A new visitor who opens a page.
    ///
    /// # Panics
    /// When the page can't be opened.
    pub async fn at(site: Site, path: &str) -> Self {
        let mut visitor = Self::stranger(site);
        visitor.open(path).await;
        visitor
    }

    /// A visitor who hasn't seen anything yet.
    pub fn stranger(site: Site) -> Self {
        Self {
            site,
            cookies: BTreeMap::new(),
            path: String::new(),
            base: String::new(),
            instance: String::new(),
            page: Html::parse(""),
            headers: BTreeMap::new(),
        }
    }

    /// The same visitor with the same page, after another server took over.
    #[must_use]
    pub fn moved_to(self, site: Site) -> Self {
        Self { site, ..self }
    }

    /// Opens a page, or loads it again.
    ///
    /// # Panics
    /// When the page can't be opened.
    pub async fn open(&mut self, path: &str) -> Reply {
        let reply = self.get(path).await;
        assert!(reply.status().is_success(), "{path} answers {}: {}", reply.status(), reply.text());
        self.show(reply.text());
        let attribute = |name: &str| {
            let body = self.page.named("body");
            let value = body.first().and_then(|body| body.attribute(name));
            value.unwrap_or_else(|| panic!("{path} is no page of filekit")).to_owned()
        };
        let [base, page, instance] =
            ["base", "page", "instance"].map(|name| attribute(&format!("data-filekit-{name}")));
        (self.base, self.path, self.instance) = (base, page, instance);
        reply
    }

    /// Looks at a document.
    pub(crate) fn show(&mut self, document: &str) {
        self.page = Html::parse(document);
    }

    /// The page as it is now.
    pub fn page(&self) -> &Html {
        &self.page
    }

    /// The cookies that this visitor holds, by their names.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// Takes the cookies of another visitor whose names begin so.
    pub fn take_cookies(&mut self, other: &Self, prefix: &str) {
        let taken = other.cookies.iter().filter(|(name, _)| name.starts_with(prefix));
        self.cookies.extend(taken.map(|(name, value)| (name.clone(), value.clone())));
    }

    /// Sends a header with every request from now on, or no more if it is empty.
    pub fn always_send(&mut self, name: &'static str, value: &str) {
        self.headers.insert(name, value.to_owned());
        self.headers.retain(|_, value| !value.is_empty());
    }

    /// Gets something without looking at it as a page.
    pub async fn get(&mut self, path: &str) -> Reply {
        let request = self.request(Method::GET, path).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// Clicks what has this text, and returns the answer to the last request that this made.
    ///
    /// # Panics
    /// When there is no such thing, or it does what only a browser can do.
    pub async fn click(&mut self, text: &str) -> Reply {
        self.click_with(text, &[]).await
    }

    /// Clicks what has this text; `values` are what form controls hold: element id and value.
    ///
    /// # Panics
    /// As [`click`](Self::click).
    pub async fn click_with(&mut self, text: &str, values: &[(&str, Value)]) -> Reply {
        let control = control(&self.page, text);
        if control.attribute("data-filekit-on-click").is_none() {
            let href = control.attribute("href").unwrap_or_else(|| panic!("{text:?} does nothing"));
            let href = href.to_owned();
            return self.get(&href).await;
        }
        let mut last = None;
        for action in actions_for(control, "data-filekit-on-click") {
            let call = self.call(&action, values);
            let request = self.event(&call);
            last = Some(self.send_event(request).await);
        }
        last.unwrap_or_else(|| panic!("{text:?} sends nothing"))
    }

    /// Uploads files by the control that takes those of `id`.
    ///
    /// # Panics
    /// When no control of the page does.
    pub async fn upload<N, B>(&mut self, id: &str, files: impl IntoIterator<Item = (N, B)>) -> Reply
    where
        N: AsRef<str>,
        B: AsRef<[u8]>,
    {
        let mut multipart = Multipart::new(&self.upload_call(id));
        for (name, bytes) in files {
            multipart = multipart.file(id, name.as_ref(), bytes.as_ref());
        }
        let request = self.upload_request(multipart.finish());
        self.send_event(request).await
    }

    /// The first part of an upload to `id`.
    ///
    /// # Panics
    /// When no control of the page uploads to `id`.
    pub fn upload_call(&self, id: &str) -> Value {
        let takes_id = json!(["upload_files", id]);
        let elements = self.page.elements();
        let mut actions = elements.into_iter().flat_map(actions_of);
        let action = actions.find(|action| arguments(action).contains(&takes_id));
        self.call(&action.unwrap_or_else(|| panic!("nothing uploads {id:?}")), &[])
    }

    /// The call of the control with this text, to be altered before it is sent.
    ///
    /// # Panics
    /// When there is no such control, or it sends nothing.
    pub fn call_of(&self, text: &str) -> Value {
        self.call_with(text, &[])
    }

    /// As [`call_of`](Self::call_of); `values` are what form controls hold: element id and value.
    ///
    /// # Panics
    /// As [`call_of`](Self::call_of).
    pub fn call_with(&self, text: &str, values: &[(&str, Value)]) -> Value {
        let control = control(&self.page, text);
        let action = actions_of(control).into_iter().next();
        self.call(&action.unwrap_or_else(|| panic!("{text:?} sends nothing")), values)
    }

    /// The call of an event that this page, or an answer, has offered.
    pub fn call_to(&self, capability: &Value, arguments: &Value) -> Value {
        let instance = self.unknown_instance();
        json!({ "page": self.path, "instance": instance, "capability": capability, "arguments": arguments })
    }

    /// A request for an event, to be altered before it is sent.
    pub fn event(&self, call: &Value) -> Request<Body> {
        let request = self.request(Method::POST, &self.url("/_filekit/event"));
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT, REPLIES);
        request.body(Body::from(call.to_string())).expect("a request")
    }

    /// A request for an upload with this body, to be altered before it is sent.
    pub fn upload_request(&self, body: impl Into<Body>) -> Request<Body> {
        let request = self.request(Method::POST, &self.url("/_filekit/upload"));
        let request = request.header(header::CONTENT_TYPE, content_type()).header(header::ACCEPT, REPLIES);
        request.body(body.into()).expect("a request")
    }

    /// Sends a request whose answer may not come, and returns nothing if it does not come whole. Cookies stay as they are.
    pub async fn try_send(&self, request: Request<Body>) -> Option<Reply> {
        self.site.try_send(request).await.ok()
    }

    /// Sends a request and takes the cookies of the answer; the page stays as it is.
    pub async fn send(&mut self, request: Request<Body>) -> Reply {
        let reply = self.site.send(request).await;
        for cookie in reply.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie in ASCII");
            let pair = cookie.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie with a value");
            if cookie.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }

    /// Sends an event and shows what it answers.
    pub async fn send_event(&mut self, request: Request<Body>) -> Reply {
        let reply = self.send(request).await;
        if reply.status().is_success()
            && let Some(view) = reply.view()
        {
            self.page = view;
        }
        reply
    }

    fn call(&self, action: &Value, values: &[(&str, Value)]) -> Value {
        let capability = &action["event"];
        assert!(capability.is_string(), "only a browser can do {action}");
        let arguments: Vec<Value> = arguments(action).iter().map(|of| evaluate(of, values)).collect();
        self.call_to(capability, &json!(arguments))
    }

    /// What a document is called that the server has forgotten: so the answer brings the whole view, and no patch, which only
    /// a browser can apply.
    fn unknown_instance(&self) -> String {
        let seal = self.instance.get(16..).unwrap_or(".0");
        format!("{:016x}{seal}", fastrand::u64(..))
    }

    /// A request as the client's script would send it.
    pub(crate) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let authority = self.site.authority();
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().uri(path).header(header::HOST, &authority);
        if method != Method::GET {
            request = request.header(header::ORIGIN, format!("http://{authority}"));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        request.method(method).header("sec-fetch-site", "same-origin")
    }

    /// A URL of filekit's own, below the prefix that the page is mounted at.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// The value of an expression that a browser would compute.
fn evaluate(expression: &Value, values: &[(&str, Value)]) -> Value {
    match expression[0].as_str() {
        Some("upload_files") => Value::Null,
        Some("literal") => expression[1].clone(),
        Some("value_of") => {
            let given = values.iter().find(|(id, _)| expression[1] == *id);
            given.map(|(_, value)| value.clone()).unwrap_or_else(|| panic!("give a value for {expression}"))
        }
        _ => panic!("only a browser can evaluate {expression}"),
    }
}

/// The innermost element that can be clicked and has this text.
fn control<'a>(page: &'a Html, text: &str) -> &'a Element {
    let can_be_clicked = |element: &&Element| {
        element.name() == "button"
            || element.attribute("data-filekit-on-click").is_some()
            || element.attribute("href").is_some()
    };
    let elements = page.elements();
    let controls: Vec<&Element> = elements.into_iter().filter(can_be_clicked).collect();
    let found = controls.iter().find(|element| element.text() == text);
    found.unwrap_or_else(|| {
        let texts: Vec<String> = controls.iter().map(|element| element.text()).collect();
        panic!("nothing to click says {text:?}, only {texts:?}")
    })
}

/// The actions of an element's events, whatever sets them off.
fn actions_of(element: &Element) -> Vec<Value> {
    let names = element.attributes().filter(|name| name.starts_with("data-filekit-on-"));
    names.flat_map(|name| actions_for(element, name)).collect()
}

/// The actions of one attribute; an empty one means the event in the element's value.
fn actions_for(element: &Element, name: &str) -> Vec<Value> {
    match element.attribute(name).unwrap_or("[]") {
        "" => vec![json!({ "event": element.attribute("value"), "arguments": [] })],
        actions => serde_json::from_str(actions).unwrap_or_else(|error| panic!("{error} in {actions}")),
    }
}

fn arguments(action: &Value) -> Vec<Value> {
    action["arguments"].as_array().cloned().unwrap_or_default()
}
