//! Lets the proxy in front send a stored file: how it is told which, and which requests it answers just as filekit would. What is decided
//! before, and what else the answer says, is `answer.rs`.

use http::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE};
use percent_encoding::percent_encode;

use crate::serving::ranges::Selection;
use crate::storage::{Disk, FileKey, StoredFiles, URL_PATH};

/// Longer positions are of no file, and proxies take them in different ways.
const MAX_DIGITS: usize = 18;

/// How the proxy in front is told which stored file it is to send.
///
/// # Examples
///
/// ```
/// use filekit_files::serving::ServeByProxy;
///
/// let nginx = ServeByProxy::XAccelRedirect("/internal/".into());
/// let lighttpd = ServeByProxy::XSendfile;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServeByProxy {
    /// nginx: the header `X-Accel-Redirect` has the path of this location, with a slash at its beginning and its end, and the key of
    /// the file in the upload directory behind it.
    XAccelRedirect(String),
    /// lighttpd, and others that read the same header, such as Apache with `mod_xsendfile`: `X-Sendfile` has the path of the file on the disk, escaped
    /// as in a URL.
    XSendfile,
}

/// A header that tells the proxy which file it is to send.
#[derive(Debug)]
pub(crate) struct FileHeader {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
}

impl ServeByProxy {
    /// Whether this is a location that keys can be put behind.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let Self::XAccelRedirect(location) = self else { return true };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
        let names = location.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
        location.bytes().all(plain) && names.is_some_and(|names| names.split('/').all(|name| !is_empty_or_dots(name)))
    }

    /// Says at the start what the proxy has to have: without it, files come empty.
    pub fn log_what_it_needs(&self, files: &StoredFiles) {
        let directory = files.disk().root().display();
        match self {
            _ if !files.are_on_disk() => {
                tracing::warn!("`serve_by_proxy(..)` has no effect: files are not on the disk, and filekit sends them");
            }
            Self::XAccelRedirect(location) => tracing::info!(
                "stored files are sent by nginx, and come empty without `location {location} {{ internal; alias {directory}/; .. }}` in \
                 it, as in the guide's chapter \"Serving\""
            ),
            Self::XSendfile => tracing::info!(
                "stored files are sent by the proxy, and come empty unless it allows `X-Sendfile` from {directory}, as in the \
                 guide's chapter \"Serving\""
            ),
        }
    }

    /// Whether the proxy cuts a range out of an answer with the whole file where filekit has refused to: lighttpd does, unless the answer takes
    /// no ranges. It would mix two versions of the same second.
    pub(super) fn cuts_ranges_of_its_own(&self) -> bool {
        matches!(self, Self::XSendfile)
    }

    /// The header that names a stored file. A key never leads out of the upload directory, and its bytes are escaped, so neither does
    /// what the proxy reads.
    pub(super) fn header(&self, disk: &Disk, key: &FileKey) -> FileHeader {
        let escaped = |bytes: &[u8]| percent_encode(bytes, URL_PATH).to_string();
        let (name, path) = match self {
            Self::XAccelRedirect(location) => {
                ("x-accel-redirect", location.clone() + &escaped(key.as_str().as_bytes()))
            }
            Self::XSendfile => ("x-sendfile", escaped(disk.path_of(key).as_os_str().as_encoded_bytes())),
        };
        let value = HeaderValue::from_str(&path).unwrap_or_else(|_| unreachable!("a plain location and escaped bytes"));
        FileHeader { name: HeaderName::from_static(name), value }
    }
}

fn is_empty_or_dots(name: &str) -> bool {
    matches!(name, "" | "." | "..")
}

/// Whether a proxy that reads the same request sends the same part of the file. It evaluates conditions and ranges once more, by what it knows
/// of the file, so whatever it may take in another way is sent by filekit.
pub(super) fn sends_the_same(key: &FileKey, headers: &HeaderMap, selection: &Selection) -> bool {
    // nginx knows no tag of ours where it evaluates these.
    let has_condition = [IF_MATCH, IF_UNMODIFIED_SINCE].iter().any(|name| headers.contains_key(name));
    // A key that a program chose may belong to another version by the time that the proxy opens the file.
    let may_mix_versions = headers.contains_key(IF_RANGE) && !key.is_random();
    let same_range = match selection {
        Selection::Whole => !headers.contains_key(RANGE),
        Selection::Parts(parts) => parts.len() == 1 && has_one_plain_range(headers),
        Selection::Unsatisfiable => false,
    };
    same_range && !has_condition && !may_mix_versions
}

/// Whether the range is one that every server reads in the same way.
fn has_one_plain_range(headers: &HeaderMap) -> bool {
    let range = headers.get(RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let is_short_number = |text: &str| text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    range.is_some_and(|(first, last)| is_short_number(first) && is_short_number(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serving::ranges::select;

    const CHOSEN: &str = "claims/a.txt";
    const RANDOM: &str = "claims/a.7k2mq9xwh3dp.txt";

    fn key(text: &str) -> FileKey {
        FileKey::parse(text).unwrap()
    }

    fn sent_by_proxy(of: &str, headers: &[(&'static str, &'static str)]) -> bool {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: HeaderMap = headers.collect();
        sends_the_same(&key(of), &headers, &select(&headers, 1_000))
    }

    #[test]
    fn only_what_a_proxy_reads_in_the_same_way_is_left_to_it() {
        for plain in ["bytes=0-0", "bytes=10-", "bytes=-5", "bytes=5-99999"] {
            assert!(sent_by_proxy(CHOSEN, &[("range", plain)]), "{plain}");
        }
        for other in [
            "bytes=0-1,5-6",
            "bytes=0-1,1-2",
            "bytes= 0-1",
            "bytes=0-1 ",
            "BYTES=0-1",
            "bytes=a",
            "bytes=5-1",
            "items=0-1",
            "bytes=0-9999999999999999999",
            "bytes=2000-",
            "bytes=-0",
            "bytes=,0-1",
            "",
        ] {
            assert!(!sent_by_proxy(CHOSEN, &[("range", other)]), "{other}");
        }
        assert!(sent_by_proxy(CHOSEN, &[("if-none-match", "\"other\"")]));
        assert!(!sent_by_proxy(CHOSEN, &[("if-match", "*")]));
        assert!(!sent_by_proxy(CHOSEN, &[("if-unmodified-since", "Sun, 09 Sep 2001 01:46:40 GMT")]));
    }

    #[test]
    fn a_download_goes_on_by_proxy_where_the_version_cannot_change() {
        let resumed = [("range", "bytes=5-"), ("if-range", "\"tag\"")];
        assert!(sent_by_proxy(RANDOM, &resumed));
        assert!(!sent_by_proxy(CHOSEN, &resumed));
    }

    #[test]
    fn a_file_is_named_in_plain_ascii_below_the_location_or_the_directory() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("up %loads");
        let disk = Disk::open(&root).unwrap();
        let key = key("claims/写 50%? a#b;c.txt");
        let escaped = "claims/%E5%86%99%2050%25%3F%20a%23b%3Bc.txt";
        let nginx = ServeByProxy::XAccelRedirect("/internal/".to_owned()).header(&disk, &key);
        assert_eq!(
            (nginx.name.as_str(), nginx.value.to_str().unwrap()),
            ("x-accel-redirect", &*format!("/internal/{escaped}"))
        );
        let other = ServeByProxy::XSendfile.header(&disk, &key);
        let path = other.value.to_str().unwrap();
        assert!(path.starts_with('/') && path.ends_with(&format!("/up%20%25loads/{escaped}")), "{path}");
    }

    #[test]
    fn a_location_has_a_slash_at_both_ends_and_plain_names_between() {
        for (location, is_valid) in [
            ("/internal/", true),
            ("/a/b-c_d/", true),
            ("internal/", false),
            ("/internal", false),
            ("/", false),
            ("", false),
            ("//", false),
            ("/a//b/", false),
            ("/../", false),
            ("/a b/", false),
            ("/a?b/", false),
            ("/a\r\nb/", false),
        ] {
            assert_eq!(ServeByProxy::XAccelRedirect(location.to_owned()).is_valid(), is_valid, "{location:?}");
        }
        assert!(ServeByProxy::XSendfile.is_valid());
    }
}
