//! Sizes in bytes: their units, and how people write and read them.

/// A kilobyte: 1,000 bytes.
pub const KB: u64 = 1_000;
/// A megabyte: 1,000,000 bytes.
pub const MB: u64 = 1_000 * KB;
/// A gigabyte: 1,000,000,000 bytes.
pub const GB: u64 = 1_000 * MB;
/// A kibibyte: 1,024 bytes.
pub const KIB: u64 = 1_024;
/// A mebibyte: 1,024 kibibytes.
pub const MIB: u64 = 1_024 * KIB;
/// A gibibyte: 1,024 mebibytes.
pub const GIB: u64 = 1_024 * MIB;

/// What may stand behind a number, in small letters. `view!` holds literals to the spelling of the units; text from
/// elsewhere, such as a configuration, is read as it is meant.
const UNITS: [(&str, u64); 9] =
    [("", 1), ("b", 1), ("bytes", 1), ("kb", KB), ("mb", MB), ("gb", GB), ("kib", KIB), ("mib", MIB), ("gib", GIB)];

/// Reads a size such as `20 MB`, `1.5 GiB` or `4096`.
#[must_use]
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
    let (number, unit) = (&text[..end], text[end..].trim_start().to_ascii_lowercase());
    let (_, bytes) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let whole = whole.parse::<u64>().ok()?.checked_mul(bytes)?;
    let Some(fraction) = fraction else { return Some(whole) };
    // There is no half a byte.
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = u128::from(fraction.parse::<u64>().ok()?) * u128::from(bytes) / u128::from(scale);
    whole.checked_add(u64::try_from(part).ok()?)
}

/// A number of bytes as people read it: a number of few digits, never more than it is, and which of so many units it is
/// of, each a thousand of the one before. The browser counts alike (`limitText`).
pub(crate) fn scaled(bytes: u64, units: usize) -> (String, usize) {
    let (mut size, mut unit) = (1, 0);
    while unit + 1 < units && bytes / size >= 1_000 {
        size *= 1_000;
        unit += 1;
    }
    let whole = bytes / size;
    let number = match (bytes % size) * 10 / size {
        tenths @ 1.. if whole < 100 => format!("{whole}.{tenths}"),
        _ => whole.to_string(),
    };
    (number, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_and_never_more_than_true() {
        for (bytes, text, unit) in [
            (0, "0", 0),
            (999, "999", 0),
            (1_000, "1", 1),
            (1_099, "1", 1),
            (20_971_520, "20.9", 2),
            (99_999_999, "99.9", 2),
            (120_500_000, "120", 2),
            (2_000_000_000, "2", 3),
            (u64::MAX, "18446744", 4),
        ] {
            assert_eq!(scaled(bytes, 5), (text.to_owned(), unit), "{bytes}");
        }
        assert_eq!(scaled(20_971_520, 1), ("20971520".to_owned(), 0));
        assert_eq!(scaled(u64::MAX, 100), ("18.4".to_owned(), 6));
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("20 MB", 20_000_000),
            ("20 MiB", 20_971_520),
            ("20mb", 20_000_000),
            (" 1.5 GB ", 1_500_000_000),
            ("0.25 KiB", 256),
            ("4096", 4_096),
            ("7 B", 7),
            ("7 bytes", 7),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Some(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_none() {
        for text in ["", "MB", "20 XB", "-1", "1e3", ".5 MB", "1.", "1.2.3", "20 M B", "1,5 MB", "99999999999 GB", "∞"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
