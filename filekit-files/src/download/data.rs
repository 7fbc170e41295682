//! Data that can be downloaded as it is.

use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use percent_encoding::percent_decode_str;

use crate::download::{Download, Source};

/// Data that can be downloaded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no data to download",
    label = "not text, bytes, a `DataUri`, `serde_json::Value` or, with the feature `image`, an image",
    note = "`Download::json(&value)` writes any `Serialize`; `Download::stream` and `Download::reader` take what is still to come"
)]
pub trait Data {
    /// The download of it.
    fn into_download(self) -> Download;
}

macro_rules! bytes {
    ($($type:ty),*) => {$(
        impl Data for $type {
            fn into_download(self) -> Download {
                Download::of(Source::Data(self.into()))
            }
        }
    )*};
}

bytes! { String, Vec<u8>, Bytes }

impl Data for &str {
    fn into_download(self) -> Download {
        self.to_owned().into_download()
    }
}

impl Data for &String {
    fn into_download(self) -> Download {
        self.clone().into_download()
    }
}

impl Data for &[u8] {
    fn into_download(self) -> Download {
        self.to_vec().into_download()
    }
}

impl<const N: usize> Data for &[u8; N] {
    fn into_download(self) -> Download {
        self.to_vec().into_download()
    }
}

impl Data for serde_json::Value {
    fn into_download(self) -> Download {
        Download::json(&self)
    }
}

/// As PNG, which loses nothing. [`Download::image`] takes another format.
#[cfg(feature = "image")]
impl Data for image::DynamicImage {
    fn into_download(self) -> Download {
        Download::image(&self, image::ImageFormat::Png)
    }
}

/// A `data:` URI (RFC 2397), taken apart.
///
/// # Examples
///
/// ```
/// use filekit_files::download::{DataUri, Download};
///
/// let pixel: DataUri = "data:text/plain;base64,SGVsbG8=".parse().unwrap();
/// assert_eq!(pixel.mime(), "text/plain");
/// assert_eq!(pixel.bytes().as_ref(), b"Hello");
/// let download = Download::data(pixel).filename("hello.txt");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataUri {
    mime: String,
    bytes: Bytes,
}

/// Why a text is no `data:` URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataUriError {
    /// It does not begin with `data:`.
    Scheme,
    /// There is no comma before the data.
    Comma,
    /// The type before the comma is none.
    Mime,
    /// The data is not base64, as it says.
    Base64,
}

impl std::fmt::Display for DataUriError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Scheme => "a data URI begins with `data:`",
            Self::Comma => "a data URI has a comma before its data",
            Self::Mime => "the type of a data URI is like `text/plain`",
            Self::Base64 => "the data of a data URI is not the base64 that it says to be",
        })
    }
}

impl std::error::Error for DataUriError {}

/// Base64 as people write it: with `=` at the end, or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl DataUri {
    /// The MIME type with its parameters; `text/plain;charset=US-ASCII` if the URI says none.
    #[must_use]
    pub fn mime(&self) -> &str {
        &self.mime
    }

    /// The data.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl FromStr for DataUri {
    type Err = DataUriError;

    fn from_str(text: &str) -> Result<Self, DataUriError> {
        let rest = text.trim().split_at_checked(5).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("data:"));
        let (_, rest) = rest.ok_or(DataUriError::Scheme)?;
        let (kind, data) = rest.split_once(',').ok_or(DataUriError::Comma)?;
        // A fragment is not part of the data.
        let data: Vec<u8> = percent_decode_str(data.split('#').next().unwrap_or_default()).collect();
        let (mime, is_base64) = match kind.trim_end().rsplit_once(';') {
            Some((mime, last)) if last.trim().eq_ignore_ascii_case("base64") => (mime, true),
            _ => (kind, false),
        };
        let bytes = if is_base64 { decode(&data)? } else { data };
        Ok(Self { mime: full_mime(mime.trim())?, bytes: bytes.into() })
    }
}

fn decode(data: &[u8]) -> Result<Vec<u8>, DataUriError> {
    let visible: Vec<u8> = data.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(visible).map_err(|_| DataUriError::Base64)
}

/// The type, of which the URI may leave out all but the parameters (RFC 2397, section 3).
fn full_mime(mime: &str) -> Result<String, DataUriError> {
    let mime = match mime {
        "" => "text/plain;charset=US-ASCII".to_owned(),
        parameters if parameters.starts_with(';') => format!("text/plain{parameters}"),
        mime => mime.to_owned(),
    };
    let is_type = mime.contains('/') && mime.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if is_type { Ok(mime) } else { Err(DataUriError::Mime) }
}

impl Data for DataUri {
    fn into_download(self) -> Download {
        let DataUri { mime, bytes } = self;
        Download::of(Source::Data(bytes)).mime(mime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_uris_are_read_as_browsers_read_them() {
        for (text, mime, bytes) in [
            ("data:,a%20b", "text/plain;charset=US-ASCII", "a b"),
            ("data:;charset=utf-8,%C3%A9", "text/plain;charset=utf-8", "é"),
            ("DATA:text/csv;base64,MSwyLDM", "text/csv", "1,2,3"),
            ("data:text/csv;base64,MSwy%0ALDM=", "text/csv", "1,2,3"),
            ("data:image/svg+xml,<svg/>#a", "image/svg+xml", "<svg/>"),
            ("data:text/plain,a,b;base64", "text/plain", "a,b;base64"),
        ] {
            let uri: DataUri = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((uri.mime(), uri.bytes().as_ref()), (mime, bytes.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_no_data_uri_says_why() {
        for (text, error) in [
            ("", DataUriError::Scheme),
            ("http://a", DataUriError::Scheme),
            ("data:text/plain", DataUriError::Comma),
            ("data:text,a", DataUriError::Mime),
            ("data:text/plain\r\nx: y,a", DataUriError::Mime),
            ("data:;a=b\r\nx: y,a", DataUriError::Mime),
            ("data:;charset=é,a", DataUriError::Mime),
            ("data:;base64,!", DataUriError::Base64),
        ] {
            assert_eq!(text.parse::<DataUri>(), Err(error), "{text}");
        }
    }
}
