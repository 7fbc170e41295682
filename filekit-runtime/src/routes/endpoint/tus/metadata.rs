//! What a client of tus says of a file: `Upload-Metadata`, pairs of a key and a value in Base64 (tus 1.0.0, "Creation").

use std::collections::HashMap;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::super::refusal::EndpointRefusal;
use super::super::request::ClaimedFile;

/// Some clients leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const MALFORMED: EndpointRefusal =
    EndpointRefusal::Malformed("`Upload-Metadata` is no list of keys with values in Base64");

/// Reads a file out of `Upload-Metadata`.
///
/// # Errors
///
/// If it is no list of pairs, a key stands twice, a value is no Base64, or the name or type of the file is no UTF-8.
pub(in super::super) fn read(text: &str) -> Result<ClaimedFile, EndpointRefusal> {
    let mut values = pairs(text)?;
    let mut text_of = |keys: [&str; 2]| {
        let value = keys.into_iter().find_map(|key| values.remove(key).filter(|value| !value.is_empty()));
        value.map(|value| String::from_utf8(value).map_err(|_| MALFORMED)).transpose()
    };
    // By convention, and as Uppy and Supabase write them.
    let name = text_of(["filename", "name"])?;
    let mime = text_of(["filetype", "contentType"])?.or(text_of(["type", "type"])?);
    let path = text_of(["relativePath", "relativePath"])?;
    let name = path.filter(|path| is_path_of(path, name.as_deref())).or(name);
    Ok(ClaimedFile { name, mime, metadata: Some(text.to_owned()) })
}

/// Whether a path leads to the file of that name. Uppy sends `null` where there is no folder.
fn is_path_of(path: &str, name: Option<&str>) -> bool {
    name.is_some_and(|name| path.strip_suffix(name).is_some_and(|folders| folders.ends_with('/')))
}

fn pairs(text: &str) -> Result<HashMap<&str, Vec<u8>>, EndpointRefusal> {
    let mut values = HashMap::new();
    // tuspy sends an empty field where there is nothing to say.
    for pair in text.split(',').map(str::trim).filter(|_| !text.trim().is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        if key.is_empty() || !key.is_ascii() {
            return Err(MALFORMED);
        }
        let value = BASE64.decode(value.trim()).map_err(|_| MALFORMED)?;
        if values.insert(key, value).is_some() {
            return Err(MALFORMED);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(pairs: &[(&str, &str)]) -> String {
        let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} {}", BASE64.encode(value))).collect();
        pairs.join(",")
    }

    #[test]
    fn a_file_is_named_as_programs_name_it() {
        for (pairs, name, mime) in [
            (&[("filename", "a.png"), ("filetype", "image/png")][..], Some("a.png"), Some("image/png")),
            (&[("name", "写真.png"), ("type", "image/png")], Some("写真.png"), Some("image/png")),
            (&[("filename", ""), ("name", "b"), ("contentType", "text/plain")], Some("b"), Some("text/plain")),
            (&[("relativePath", "null"), ("name", "a.png")], Some("a.png"), None),
            (&[("relativePath", "holiday/a.png"), ("name", "a.png")], Some("holiday/a.png"), None),
            (&[("relativePath", "holiday/b.png"), ("name", "a.png")], Some("a.png"), None),
            (&[("relativePath", "holiday/a.png")], None, None),
            (&[("owner", "x")], None, None),
        ] {
            let file = read(&encoded(pairs)).unwrap();
            assert_eq!((file.name.as_deref(), file.mime.as_deref()), (name, mime), "{pairs:?}");
        }
    }

    #[test]
    fn what_was_said_is_told_again_as_it_was_written() {
        for text in ["", " ", "is_confidential", "filename YS5wbmc=,x", "filename YS5wbmc, x", "data /wD/"] {
            assert_eq!(read(text).unwrap().metadata.as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_list_of_pairs_is_refused() {
        for text in
            ["filename !", "filename a.png", "filename YQ== YQ==", ",", "a,,b", "a,a", "é YQ==", "filename /w=="]
        {
            assert!(matches!(read(text), Err(EndpointRefusal::Malformed(_))), "{text}");
        }
    }
}
