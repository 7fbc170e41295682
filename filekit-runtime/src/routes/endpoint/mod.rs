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
#[cfg(fuzzing)]
pub mod fuzzing;
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

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use http::{Method, StatusCode, Uri};

use crate::page::Pages;
use crate::routes::guard::refuse_body;
use crate::wire::path;
use draft::DraftAnswer;
use incoming::Incoming;
use protocol::Protocol;
use refusal::EndpointRefusal;
use request::{EndpointRequest, MaxSize};
use sender::{EndpointUrl, Sender};
use speaker::Speaker;
use tus::TusAnswer;

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
    let sender = Sender::new(&pages, &parts, url).await;
    let protocol = Protocol::of(&parts.method, &parts.headers, url.upload.is_some());
    let max_size = sender.as_ref().map_or(MaxSize(pages.kit.config().max_body), Sender::max_size);
    let speaker = Speaker::new(protocol.as_ref().ok().copied(), max_size, &parts);
    let answered = match (sender, protocol) {
        (Ok(_), _) if parts.method == Method::OPTIONS => Ok(options(max_size)),
        (Ok(sender), Ok(protocol)) => answer(&sender, protocol, speaker, body).await,
        (sender, protocol) => {
            refuse_body(Request::from_parts(parts.clone(), body));
            Err(sender.err().map(EndpointRefusal::from).or(protocol.err()).unwrap_or(EndpointRefusal::Gone))
        }
    };
    answered.unwrap_or_else(|refusal| speaker.refuse(&refusal, pages.kit.texts()))
}

/// What can be sent, in the words of both protocols that have some for it.
fn options(max_size: MaxSize) -> Response {
    let mut response = answer::empty(StatusCode::NO_CONTENT);
    TusAnswer::options(max_size, response.headers_mut());
    DraftAnswer::options(max_size, response.headers_mut());
    response
}

/// Does what a request wants, and answers it.
async fn answer(
    sender: &Sender<'_>,
    protocol: Protocol,
    speaker: Speaker,
    body: Body,
) -> Result<Response, EndpointRefusal> {
    let Parts { method, headers, .. } = sender.request;
    let upload = sender.upload;
    let limit = sender.pages.kit.config().max_body;
    let read = match protocol {
        Protocol::Tus => tus::read(method, headers, upload.is_some()),
        Protocol::Draft(interop) => draft::read(interop, method, headers, upload.is_some()),
        Protocol::Multipart => {
            let body = Incoming::new(headers, body, limit, None);
            let answered = sender.take_form(&body).await;
            body.end();
            return answered.map(|response| speaker.form(response));
        }
    };
    let digest = read.as_ref().ok().and_then(EndpointRequest::digest);
    let body = Incoming::new(headers, body, limit, digest);
    let answered = match read {
        Ok(request) => sender.carry_out(request, speaker, &body).await,
        Err(refusal) => Err(refusal),
    };
    body.end();
    answered.map(|answer| speaker.answer(answer, sender.pages.kit.texts()))
}
