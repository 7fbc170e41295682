//! The call of an event, once its page has admitted the visitor: arguments, the run, and what is answered.
//!
//! ```text
//! values and files -> Arguments -> run -> effects -> Reply for a script, at once or after updates  (progressive_reply, reply)
//!                                                 -> a file                                        (respond, own_url)
//! a refusal because of the page -> the page as it is                                               (heal)
//! ```

mod arguments;
mod authorised;
mod command;
mod detached;
mod heal;
mod own_url;
mod progressive_reply;
mod reply;
mod request;
mod respond;
mod run;
mod unseen;

pub(crate) use arguments::{CallFiles, Values, arguments, several_streams};
pub(crate) use authorised::AuthorisedCall;
pub(crate) use command::Command;
use command::commands;
pub(crate) use detached::{refuse_upload, run_detached};
pub(crate) use heal::heal;
use progressive_reply::ProgressiveReply;
use reply::stop_body;
pub(crate) use reply::{Reply, stop_for_script, stop_outcome};
pub(crate) use request::Call;
pub(crate) use respond::{FileRequest, hand_over, respond};
pub(crate) use run::{run_event, run_link};
pub(crate) use unseen::UnseenCall;
