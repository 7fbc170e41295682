//! Who asks: the session, its cookie and its token, messages for its next page, and the page that it is on.

pub(crate) mod ambient;
mod cookie;
mod ended;
pub(crate) mod flash;
mod hosts;
mod identity;
mod mount;
mod not_served;
mod owner_key;
mod path;
mod replacement;
mod scheme;
mod seal;
mod seen;
mod session;
mod session_token;
mod sessions;
mod toast;
mod visit;

pub(crate) use cookie::SessionCookie;
pub(crate) use ended::EndedSessions;
pub(crate) use hosts::{HostName, Hosts, host_of};
pub(crate) use identity::Visitor;
pub(crate) use mount::Mount;
pub use not_served::NotServed;
pub(crate) use owner_key::{OwnerKey, StateKey};
pub(crate) use path::PagePath;
pub(crate) use replacement::Replacement;
pub(crate) use scheme::{Network, Scheme};
pub(crate) use seal::Seal;
pub(crate) use seen::{OwnerTag, Seen};
pub use session::SessionId;
pub(crate) use session_token::SessionToken;
pub(crate) use sessions::{BroughtSessions, Sessions};
pub use toast::Toast;
pub(crate) use visit::Visit;
