//! Which parts of a file a request asks for (RFC 9110, section 14).

use std::ops::Range;

use http::HeaderMap;
use http::header::RANGE;

/// How many parts are sent at most. Who asks for more, after those that overlap were joined, gets the whole file, for
/// which any client may ask for anyway.
const MAX_PARTS: usize = 64;

/// What a request selects of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of it.
    Whole,
    /// These parts, in order, none of them empty; at least one.
    Parts(Vec<Range<u64>>),
    /// Parts that it does not have.
    Unsatisfiable,
}

/// One `range-spec` of the header.
#[derive(Clone, Copy, Debug)]
enum Spec {
    /// `first-` or `first-last`.
    From { first: u64, last: u64 },
    /// `-length`.
    Last { length: u64 },
}

/// What a request selects of a file of that size. A header that cannot be read is ignored, as are units other than bytes.
pub(crate) fn select(headers: &HeaderMap, size: u64) -> Selection {
    let mut values = headers.get_all(RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Selection::Whole };
    match value.to_str().ok().and_then(parse) {
        Some(specs) => satisfy(&specs, size),
        None => Selection::Whole,
    }
}

fn parse(header: &str) -> Option<Vec<Spec>> {
    let (unit, list) = header.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    // Empty elements of a list are skipped (section 5.6.1.2).
    let elements = list.split(',').map(|element| element.trim_matches([' ', '\t']));
    let specs: Vec<Spec> = elements.filter(|element| !element.is_empty()).map(spec).collect::<Option<_>>()?;
    (!specs.is_empty()).then_some(specs)
}

fn spec(element: &str) -> Option<Spec> {
    let (first, last) = element.split_once('-')?;
    match (first, last) {
        ("", length) => Some(Spec::Last { length: number(length)? }),
        (first, "") => Some(Spec::From { first: number(first)?, last: u64::MAX }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Spec::From { first, last })
        }
    }
}

/// A number of digits alone; one that is too large for any file is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

fn satisfy(specs: &[Spec], size: u64) -> Selection {
    // The last bytes of an empty file are all of it, and no `Content-Range` can say so.
    if size == 0 && specs.iter().any(|spec| matches!(spec, Spec::Last { length: 1.. })) {
        return Selection::Whole;
    }
    let parts = joined(specs.iter().filter_map(|spec| spec.within(size)).collect());
    match parts.len() {
        0 => Selection::Unsatisfiable,
        1..=MAX_PARTS => Selection::Parts(parts),
        _ => Selection::Whole,
    }
}

impl Spec {
    /// The range in a file of that size, if the file has any of it.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From { first, last } => first..last.saturating_add(1).min(size),
            Self::Last { length } => size.saturating_sub(length)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// In the order of the file, without overlaps.
fn joined(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| range.start);
    ranges.dedup_by(|next, range| {
        let overlap = next.start < range.end;
        if overlap {
            range.end = range.end.max(next.end);
        }
        overlap
    });
    ranges
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "lists of ranges are what this is about")]
mod tests {
    use super::*;

    fn of(header: &str, size: u64) -> Selection {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, header.parse().unwrap());
        select(&headers, size)
    }

    fn parts<const N: usize>(parts: [Range<u64>; N]) -> Selection {
        Selection::Parts(parts.into())
    }

    #[test]
    fn one_range_at_every_border() {
        for (header, size, expected) in [
            ("bytes=0-0", 1000, parts([0..1])),
            ("bytes=999-999", 1000, parts([999..1000])),
            ("bytes=0-999", 1000, parts([0..1000])),
            ("bytes=0-1000", 1000, parts([0..1000])),
            ("bytes=500-", 1000, parts([500..1000])),
            ("bytes=999-", 1000, parts([999..1000])),
            ("bytes=-1", 1000, parts([999..1000])),
            ("bytes=-1000", 1000, parts([0..1000])),
            ("bytes=-1001", 1000, parts([0..1000])),
            ("Bytes = 5-9", 1000, parts([5..10])),
            ("bytes=0-99999999999999999999999999", 1000, parts([0..1000])),
            ("bytes=1000-", 1000, Selection::Unsatisfiable),
            ("bytes=1000-1000", 1000, Selection::Unsatisfiable),
            ("bytes=99999999999999999999999999-", 1000, Selection::Unsatisfiable),
            ("bytes=-0", 1000, Selection::Unsatisfiable),
            ("bytes=0-", 0, Selection::Unsatisfiable),
            ("bytes=0-0", 0, Selection::Unsatisfiable),
            ("bytes=-0", 0, Selection::Unsatisfiable),
            ("bytes=-5", 0, Selection::Whole),
        ] {
            assert_eq!(of(header, size), expected, "{header} of {size}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-4",
            "bytes=+1-2",
            "bytes=1-2-3",
            "bytes=1 -2",
            "bytes=0x1-2",
            "bytes=0-1,x",
            "items=0-1",
            "bytes: 0-1",
            "bytes=-1-2",
            "bytes=--1",
        ] {
            assert_eq!(of(header, 1000), Selection::Whole, "{header}");
        }
        let mut twice = HeaderMap::new();
        twice.append(RANGE, "bytes=0-0".parse().unwrap());
        twice.append(RANGE, "bytes=5-5".parse().unwrap());
        assert_eq!(select(&twice, 1000), Selection::Whole);
    }

    #[test]
    fn ranges_that_overlap_are_one() {
        assert_eq!(of("bytes=0-9, 5-20", 1000), parts([0..21]));
        assert_eq!(of("bytes=0-99,5-20", 1000), parts([0..100]));
        assert_eq!(of("bytes=0-9,10-20", 1000), parts([0..10, 10..21]));
        assert_eq!(of("bytes=500-509,,0-9", 1000), parts([0..10, 500..510]));
        assert_eq!(of("bytes=0-9,-10", 1000), parts([0..10, 990..1000]));
        assert_eq!(of("bytes=0-9,2000-", 1000), parts([0..10]));
        assert_eq!(of(&format!("bytes={}", ["0-0"; 1000].join(",")), 1000), parts([0..1]));
    }

    #[test]
    fn more_parts_than_are_sent_mean_the_whole_file() {
        let header = |count: usize| {
            let ranges: Vec<_> = (0..count).map(|nth| format!("{0}-{0}", nth * 1000)).collect();
            format!("bytes={}", ranges.join(","))
        };
        assert!(matches!(of(&header(MAX_PARTS), 1 << 30), Selection::Parts(parts) if parts.len() == MAX_PARTS));
        assert_eq!(of(&header(MAX_PARTS + 1), 1 << 30), Selection::Whole);
    }
}
