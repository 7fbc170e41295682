//! Sizes that are written as text, such as `"20 MB"`: the runtime reads the same, but only when the page is made.
//!
//! A size is a number, a blank or none, and a unit. The number is of digits, and may have a dot and one to three digits
//! behind it. The units are `B`, `KB` (or `kB`), `MB` and `GB`, of 1000 each, and `KiB`, `MiB` and `GiB`, of 1024 each.
//! Capital letters matter.

/// The units with their bytes.
const UNITS: [(&str, u64); 8] = [
    ("B", 1),
    ("KB", 1_000),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Reads a size in bytes.
///
/// # Errors
///
/// If it is none, with what to write instead.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    read(text).ok_or_else(|| match meant(text) {
        Some(meant) => format!("`{text}` is no size; did you mean `{meant}`?"),
        None => "a size is written like `\"20 MB\"`, in `B`, `KB`, `MB`, `GB`, `KiB`, `MiB` or `GiB`".to_owned(),
    })
}

fn read(text: &str) -> Option<u64> {
    let (number, unit) = split(text);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let (_, factor) = UNITS.iter().find(|(known, _)| *known == unit)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || fraction.len() > 3 {
        return None;
    }
    let thousandths: u64 = format!("{fraction:0<3}").parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(*factor)?.checked_add(thousandths * factor / 1000)
}

/// Separates the unit, which is all letters at the end.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.trim_end_matches(|last: char| last.is_alphabetic()).len())
}

/// Returns what was probably meant: a unit of other letters or another language, a comma for the dot.
fn meant(text: &str) -> Option<String> {
    let (number, unit) = split(text.trim());
    let unit = match unit.to_ascii_lowercase().as_str() {
        "" | "b" | "o" | "byte" | "bytes" => "B",
        "k" | "kb" | "kbs" | "ko" | "kilobyte" | "kilobytes" => "KB",
        "m" | "mb" | "mbs" | "mo" | "megabyte" | "megabytes" => "MB",
        "g" | "gb" | "gbs" | "go" | "gigabyte" | "gigabytes" => "GB",
        "ki" | "kib" | "kibs" | "kio" => "KiB",
        "mi" | "mib" | "mibs" | "mio" => "MiB",
        "gi" | "gib" | "gibs" | "gio" => "GiB",
        _ => return None,
    };
    let meant = format!("{} {unit}", number.trim().replace(',', ".").replace('_', ""));
    read(&meant).is_some().then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, size) in [
            ("0 B", 0),
            ("20 MB", 20_000_000),
            ("20MB", 20_000_000),
            ("20 MiB", 20_971_520),
            ("1.5 kB", 1_500),
            ("1.25 GiB", 1_342_177_280),
            ("0.001 KB", 1),
        ] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
    }

    #[test]
    fn other_text_is_refused_with_what_was_meant() {
        for (text, meant) in [
            ("20 mb", "20 MB"),
            ("20MBs", "20 MB"),
            ("20 Mo", "20 MB"),
            ("20 MIB", "20 MiB"),
            ("20 M", "20 MB"),
            ("1,5 MB", "1.5 MB"),
            ("20  MB", "20 MB"),
            ("2000", "2000 B"),
        ] {
            assert_eq!(bytes(text), Err(format!("`{text}` is no size; did you mean `{meant}`?")));
        }
        for text in ["", "MB", "-1 MB", "1.2345 MB", "1. MB", ".5 MB", "20 TB", "big", "99999999999999999999 B"] {
            assert!(bytes(text).is_err_and(|message| message.starts_with("a size is written")), "{text}");
        }
    }
}
