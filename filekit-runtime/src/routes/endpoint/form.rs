//! Forms that are sent to an endpoint: each file calls the event.

use axum::response::{IntoResponse as _, Response};

use super::incoming::Incoming;
use super::refusal::EndpointRefusal;
use super::sender::Sender;
use crate::call::Reply;
use crate::error::FileRejection;
use crate::storage::SaveTransaction;
use crate::upload::{Parts, receive};

impl Sender<'_> {
    /// Receives all files of a form, and calls the event with one after the other.
    ///
    /// # Errors
    ///
    /// If a file is refused: then no event is called. Or if an event fails, which stops there.
    pub(super) async fn take_form(&self, body: &Incoming) -> Result<Response, EndpointRefusal> {
        let call = self.admit_new().await?;
        let parts = Parts::open(&self.request.headers, body.body()).map_err(EndpointRefusal::of_file)?;
        let mut files = parts.any_files(call.rules(self.max_size().0), call.upload());
        let receiving = self.pages.kit.saves_of_form(self.endpoint.session, call.account(), self.request).await?;
        let store = self.pages.kit.file_store(&receiving);
        let received = receive(&mut files, &store).await.map_err(EndpointRefusal::of_file)?;
        if received.values().all(Vec::is_empty) {
            return Err(EndpointRefusal::of_file(FileRejection::too_few_files(1)));
        }
        let checked = call.check(received).await.map_err(EndpointRefusal::of_file)?;
        let mut actions = Vec::new();
        for file in checked.one_by_one() {
            actions.extend(call.run(file, SaveTransaction::charged_to(receiving.charge())).await?);
        }
        Ok(Reply::unseen(actions).into_response())
    }
}
