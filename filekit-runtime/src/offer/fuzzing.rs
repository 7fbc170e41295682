//! All texts that a server signs for a page, written and opened in one way, for fuzz targets (`cfg(fuzzing)`).

use std::time::Duration;

use crate::error::Rejection;
use crate::offer::{Capability, CapabilitySigner, CapabilityUse, PageUploads};
use crate::secret::{Purpose, Secret, write_signed};
use crate::upload::Rules;
use crate::visitor::{Mount, PagePath, Seal, SessionId, SessionToken, Toast, flash};

/// The kind of a signed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The right to call an event.
    Capability,
    /// The right to fetch what an event hands over.
    DownloadCapability,
    /// The right to send files to the uploads of a page.
    PageUploads,
    /// The seal of a page that was shown.
    PageSeal,
    /// The seal of the session that a document was made for.
    OwnerSeal,
    /// A session.
    Session,
    /// Messages for the next page.
    Flash,
}

/// The result of opening a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was signed for this.
    Opened,
    /// It was signed for this, by another version.
    OutOfDate,
    /// It was not signed for this.
    Refused,
}

/// The path and query of a page.
#[derive(Clone, Debug)]
pub struct Page(PagePath);

impl Page {
    /// A page of a filekit that is mounted at the root.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mount = Mount::of_request("", &http::Request::new(()).into_parts().0);
        PagePath::parse(&mount, text).ok().map(Self)
    }
}

/// Whose text it is, and of which page.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The secret of the server.
    pub secret: &'a Secret,
    /// The visitor's session.
    pub session: [u8; 16],
    /// The page.
    pub page: &'a Page,
}

impl<'a> Place<'a> {
    fn session(self) -> SessionId {
        SessionId::of_bytes(self.session)
    }

    fn page(self) -> &'a PagePath {
        &self.page.0
    }

    fn capability_use(kind: Kind) -> CapabilityUse {
        match kind {
            Kind::DownloadCapability => CapabilityUse::Download,
            _ => CapabilityUse::Call,
        }
    }

    /// Whether texts of this kind for one place are good for the other, of the same secret.
    #[must_use]
    pub fn is_same(self, other: Self, kind: Kind) -> bool {
        let is_same_page = self.page().signed() == other.page().signed();
        let is_same_session = self.session == other.session;
        match kind {
            Kind::PageSeal => is_same_page,
            Kind::OwnerSeal | Kind::Flash => is_same_session,
            // The text itself says whose session it is.
            Kind::Session => true,
            Kind::Capability | Kind::DownloadCapability | Kind::PageUploads => is_same_page && is_same_session,
        }
    }

    /// Signs what the kind holds; where that is more than a MAC, it is this payload.
    #[must_use]
    pub fn sign(self, kind: Kind, payload: &[u8]) -> String {
        let mut text = String::new();
        match kind {
            Kind::Capability | Kind::DownloadCapability => {
                let mut signer =
                    CapabilitySigner::of(self.secret, self.session(), self.page(), Self::capability_use(kind));
                signer.sign(|json| json.extend_from_slice(payload), &mut text);
            }
            Kind::PageUploads => {
                let id = String::from_utf8_lossy(payload).into_owned();
                let rules = Rules { accept: vec![id.clone()], sha256: payload.len() % 2 == 0, ..Rules::default() };
                PageUploads::sign_for(self.secret, self.session(), self.page(), &[(id.into(), rules)], &mut text);
            }
            Kind::PageSeal => text = Seal::of(self.secret, self.page()).to_string(),
            Kind::OwnerSeal => text = Seal::of_session(self.secret, self.session()).to_string(),
            Kind::Session => text = SessionToken::now(self.session()).write(self.secret),
            Kind::Flash => {
                let toasts = [Toast::info(String::from_utf8_lossy(payload)), Toast::error("")];
                text = flash::write(&toasts, self.secret, self.session());
            }
        }
        text
    }

    /// Signs this payload for the uploads of the page, whatever it is.
    #[must_use]
    pub fn sign_as_uploads(self, payload: &[u8]) -> String {
        let [path, query] = self.page().signed();
        write_signed(self.secret, Purpose::PageUploads, &[&self.session, path, query], payload)
    }

    /// Opens a text.
    #[must_use]
    pub fn open(self, kind: Kind, text: &str) -> Outcome {
        match kind {
            Kind::Capability | Kind::DownloadCapability => {
                outcome(Capability::open(self.secret, self.session(), self.page(), Self::capability_use(kind), text))
            }
            Kind::PageUploads => outcome(PageUploads::open(self.secret, self.session(), self.page(), text)),
            Kind::PageSeal => opened(Seal::parse(text).is_some_and(|seal| seal.fits(self.secret, self.page()))),
            Kind::OwnerSeal => {
                opened(Seal::parse(text).is_some_and(|seal| seal.fits_session(self.secret, self.session())))
            }
            Kind::Session => {
                let issued = SessionToken::read(text, self.secret, Duration::from_secs(3600));
                opened(issued.is_some())
            }
            Kind::Flash => opened(flash::read(text, self.secret, self.session()).is_some()),
        }
    }
}

fn opened(is_opened: bool) -> Outcome {
    if is_opened { Outcome::Opened } else { Outcome::Refused }
}

fn outcome<T>(opened: Result<T, Rejection>) -> Outcome {
    match opened {
        Ok(_) => Outcome::Opened,
        Err(Rejection::OutOfDate) => Outcome::OutOfDate,
        Err(_) => Outcome::Refused,
    }
}
