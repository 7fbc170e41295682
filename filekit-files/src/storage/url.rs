//! URLs of stored files; not what is answered under them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::secret::{Purpose, Secret};
use crate::wire::path;

/// What stays as it is in a segment of a path: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Makes and checks the URLs of stored files.
#[derive(Clone, Debug)]
pub struct UrlSigner {
    secret: Secret,
    /// Files are served by their plain names.
    public: bool,
}

impl UrlSigner {
    /// Signs with this secret, unless files are public.
    #[must_use]
    pub fn new(secret: Secret, public: bool) -> Self {
        Self { secret, public }
    }

    /// The URL of the file `name`, for a filekit that is mounted at `base`.
    #[must_use]
    pub fn url(&self, base: &str, name: &str) -> String {
        let files = path::FILES;
        let encoded = utf8_percent_encode(name, SEGMENT);
        if self.public {
            return format!("{base}{files}{encoded}");
        }
        let signature = URL_SAFE_NO_PAD.encode(self.secret.sign(Purpose::UploadUrl, &[name.as_bytes()]));
        format!("{base}{files}{encoded}?signature={signature}")
    }

    /// Whether files are served by their plain names.
    #[must_use]
    pub fn are_public(&self) -> bool {
        self.public
    }

    /// Tells whether the file `name` may be read with the query of a URL.
    #[must_use]
    pub fn allows(&self, name: &str, query: Option<&str>) -> bool {
        if self.public {
            return true;
        }
        let signature = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("signature="));
        let signature = signature.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        signature.is_some_and(|mac| self.secret.verify(Purpose::UploadUrl, &[name.as_bytes()], &mac))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_opens_its_own_file_only() {
        let signer = UrlSigner::new(Secret::new(b"key"), false);
        let url = signer.url("/app", "語 #1.txt");
        assert!(url.starts_with("/app/_upload/%E8%AA%9E%20%231.txt?signature="), "{url}");
        let query = url.split_once('?').map(|(_, query)| query);
        assert!(signer.allows("語 #1.txt", query));
        assert!(!signer.allows("語 #2.txt", query));
        assert!(!signer.allows("語 #1.txt", None));
        assert!(!signer.allows("語 #1.txt", Some("signature=")));
    }

    #[test]
    fn public_files_have_plain_urls() {
        let signer = UrlSigner::new(Secret::new(b"key"), true);
        assert_eq!(signer.url("", "a.txt"), "/_upload/a.txt");
        assert!(signer.allows("a.txt", None));
    }
}
