//! Who asks: the session, its cookie and its token, messages for its next page, and the page that it is on.

mod address;
mod cookie;
mod ended;
mod flash;
mod not_served;
mod replacement;
mod seal;
mod session;
mod session_token;
mod toast;

pub(crate) use address::PageAddress;
pub(crate) use cookie::SessionCookie;
pub(crate) use ended::EndedSessions;
pub use not_served::NotServed;
pub(crate) use replacement::Replacement;
pub(crate) use seal::Seal;
pub use session::SessionId;
pub(crate) use session_token::SessionToken;
pub use toast::Toast;
