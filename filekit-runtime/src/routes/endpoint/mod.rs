//! The route of `upload_endpoint(..)`: one URL to which other programs send files, by tus 1.0.0, by the draft "Resumable Uploads for
//! HTTP", or as a form. The headers tell which; each protocol is a translation of the same few requests.
//!
//! ```text
//! URL -> Sender: session, page, event
//! headers -> Protocol -> EndpointRequest -> uploads, joined: an upload on the disk -> event -> EndpointAnswer -> Speaker
//! ```

mod answer;
mod digest;
mod draft;
mod form;
mod incoming;
mod joined;
mod protocol;
mod record;
mod refusal;
mod request;
mod sender;
mod speaker;
mod tus;
mod uploads;

use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode, Uri};

use crate::error::Result;
use crate::page::Pages;
use crate::routes::guard::refuse_body;
use crate::wire::path;
use draft::DraftAnswer;
use incoming::Incoming;
use protocol::Protocol;
use refusal::EndpointRefusal;
use request::EndpointRequest;
use sender::{EndpointUrl, Sender};
use speaker::Speaker;

/// Stands between the URL of an endpoint and the id of one of its uploads.
const UPLOAD: &str = "&upload=";

/// The id of the upload whose URL this is: a path, or a whole URL, under whatever name its sender knows this server.
fn upload_of(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    let (_, upload) = url.query()?.split_once(UPLOAD)?;
    (url.path().ends_with(path::ENDPOINT) && !upload.is_empty()).then(|| upload.to_owned())
}

/// Answers any request to `/_filekit/endpoint?{token}`, and to `/_filekit/endpoint?{token}&upload={id}`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let url = EndpointUrl::of(&parts.uri);
    let sender = Sender::new(&pages, &parts, url);
    let max_size = sender.as_ref().map_or(request::MaxSize(pages.kit.config().max_body), Sender::max_size);
    let protocol = Protocol::of(&parts.method, &parts.headers, url.upload.is_some());
    let speaker = match &protocol {
        Ok(protocol) => Speaker::new(*protocol, max_size, draft::completes(&parts.headers).is_some()),
        Err(_) => Speaker::unknown(max_size),
    };
    let texts = pages.kit.texts();
    let (sender, protocol) = match (sender, protocol) {
        (Ok(sender), Ok(protocol)) => (sender, protocol),
        (sender, protocol) => {
            let refusal = sender.err().map(EndpointRefusal::from).or(protocol.err()).unwrap_or(EndpointRefusal::Gone);
            refuse_body(Request::from_parts(parts.clone(), body));
            return speaker.refuse(&refusal, texts);
        }
    };
    if parts.method == Method::OPTIONS {
        return options(max_size);
    }
    match protocol {
        Protocol::Multipart => {
            let body = Incoming::new(&parts.headers, body, pages.kit.config().max_body, None);
            let answered = sender.take_form(&parts.headers, &body).await;
            body.end();
            answered.map_or_else(|refusal| speaker.refuse(&refusal, texts), |response| speaker.form(response))
        }
        Protocol::Tus | Protocol::Draft(_) => {
            let answered = carry_out(&sender, protocol, &parts, url.upload, body).await;
            answered.map_or_else(|refusal| speaker.refuse(&refusal, texts), |answer| speaker.answer(answer, texts))
        }
    }
}

/// What can be sent, in both protocols that have words for it.
fn options(max_size: request::MaxSize) -> Response {
    let mut response = answer::empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    tus::TusAnswer.options(max_size, headers);
    DraftAnswer { interop: draft::Interop::Eight, max_size }.options(headers);
    response
}

async fn carry_out(
    sender: &Sender<'_>,
    protocol: Protocol,
    parts: &Parts,
    upload: Option<&str>,
    body: axum::body::Body,
) -> Result<request::EndpointAnswer, EndpointRefusal> {
    let read = match protocol {
        Protocol::Draft(interop) => draft::read(interop, &parts.method, &parts.headers, upload.is_some()),
        _ => tus::read(&parts.method, &parts.headers, upload.is_some()),
    };
    let digest = read.as_ref().ok().and_then(EndpointRequest::digest);
    let body = Incoming::new(&parts.headers, body, sender.pages.kit.config().max_body, digest);
    let answered = match read {
        Ok(request) => sender.carry_out(request, upload, &body).await,
        Err(refusal) => Err(refusal),
    };
    body.end();
    answered
}
