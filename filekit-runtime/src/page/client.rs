//! The browser client, the default stylesheet and the icon, as documents name them. How they are served is `routes/client.rs`.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// One of the files of the browser client.
#[derive(Debug)]
pub(crate) struct ClientAsset {
    pub(crate) mime: &'static str,
    pub(crate) plain: &'static [u8],
    /// The file compressed by gzip.
    pub(crate) gzip: Option<&'static [u8]>,
    version: LazyLock<String>,
}

impl ClientAsset {
    const fn new(
        mime: &'static str,
        plain: &'static [u8],
        gzip: Option<&'static [u8]>,
        version: fn() -> String,
    ) -> Self {
        Self { mime, plain, gzip, version: LazyLock::new(version) }
    }

    /// Changes with the content, so that it can be cached for good.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

pub(crate) static SCRIPT: ClientAsset = ClientAsset::new(
    "text/javascript; charset=utf-8",
    include_bytes!("../../client/dist/client.js"),
    Some(include_bytes!("../../client/dist/client.js.gz")),
    || version_of(SCRIPT.plain),
);

/// The module that the script loads on a page with an upload.
pub(crate) static TRANSFER: ClientAsset = ClientAsset::new(
    "text/javascript; charset=utf-8",
    include_bytes!("../../client/dist/transfer.js"),
    Some(include_bytes!("../../client/dist/transfer.js.gz")),
    || version_of(TRANSFER.plain),
);

/// The module that the script loads for uploads that are large, that break off, or that are left from before.
pub(crate) static RESUME: ClientAsset = ClientAsset::new(
    "text/javascript; charset=utf-8",
    include_bytes!("../../client/dist/resume.js"),
    Some(include_bytes!("../../client/dist/resume.js.gz")),
    || version_of(RESUME.plain),
);

/// The module that documents in development load.
pub(crate) static DEVELOPMENT: ClientAsset = ClientAsset::new(
    "text/javascript; charset=utf-8",
    include_bytes!("../../client/dist/development.js"),
    Some(include_bytes!("../../client/dist/development.js.gz")),
    || version_of(DEVELOPMENT.plain),
);

pub(crate) static STYLE: ClientAsset = ClientAsset::new(
    "text/css; charset=utf-8",
    include_bytes!("../../client/dist/client.css"),
    Some(include_bytes!("../../client/dist/client.css.gz")),
    || version_of(STYLE.plain),
);

/// An arrow into a tray. Without an icon in the document, browsers would ask for one that is not there.
pub(crate) static ICON: ClientAsset = ClientAsset::new(
    "image/svg+xml",
    concat!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3056d3"/>"##,
        r##"<path d="M16 21V8m-5 5 5-5 5 5M8 19v5h16v-5" fill="none" stroke="#fff" stroke-width="2.5" "##,
        r##"stroke-linecap="round" stroke-linejoin="round"/></svg>"##,
    )
    .as_bytes(),
    None,
    || version_of(ICON.plain),
);

/// The version of some content, which no other content has.
pub(super) fn version_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_names_the_versions_of_what_it_loads() {
        let script = std::str::from_utf8(SCRIPT.plain).unwrap();
        assert!(script.contains(&format!("./transfer.js?version={}", TRANSFER.version())));
        assert!(script.contains(&format!("./resume.js?version={}", RESUME.version())));
    }

    #[test]
    fn the_script_of_development_names_the_script_that_documents_load() {
        let script = std::str::from_utf8(DEVELOPMENT.plain).unwrap();
        assert!(script.contains(&format!("./client.js?version={}", SCRIPT.version())));
    }
}
