//! The route of a page that has lost track of its versions: the whole view; no event runs for this.

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use serde::Deserialize;

use crate::error::Result;
use crate::server::Context;
use crate::server::call::enter;
use crate::server::document::{title_of, view_html};
use crate::server::instance::Message;
use crate::server::json::read_json;
use crate::server::page::{PageCall, Rendered};
use crate::server::reply::{Refusal, Reply, redirect};
use crate::server::routes::Pages;
use crate::view::View;

/// What is asked.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Path and query of the page, as the browser sees them.
    page: String,
}

/// Answers `POST /_filekit/view`.
pub(crate) async fn handle(State(pages): State<Pages>, request: Request) -> Response {
    let answered = run(&pages, request).await;
    answered.unwrap_or_else(|error| Refusal::log(&error, &pages.filekit.0.texts).into_response())
}

async fn run(pages: &Pages, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let context = Context::of_request(&pages.filekit, &parts)?;
    let Asked { page } = read_json(&parts, body).await?;
    let call = PageCall::new(&context, &parts, &page)?;
    let context = context.on_page(&page);
    enter(pages, &context, &call).await?;
    let reply = match call.send(pages, &context).await {
        Rendered::View(view) => Reply::Instance { view: Some(whole(view, &context)?), actions: Vec::new() },
        Rendered::Redirect(url) => Reply::Instance { view: None, actions: vec![redirect(&url)] },
        Rendered::Other => Reply::Instance { view: None, actions: vec![redirect(&page)] },
    };
    Ok(([(SET_COOKIE, context.set_cookie())], reply).into_response())
}

/// The view as that of a new instance: what is on its way to the old one cannot be taken for this.
fn whole(view: View, context: &Context) -> Result<Message> {
    let title = title_of(&view, context).to_owned();
    let instance = context.kit().instances.begin(context.session(), context.changes(), &title, &view)?;
    Ok(Message::whole(instance, title, view_html(view, context)))
}
