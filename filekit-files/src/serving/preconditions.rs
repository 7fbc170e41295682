//! The preconditions of a request (RFC 9110, section 13).

use std::time::{Duration, SystemTime};

use http::header::{HeaderMap, HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE};

use crate::serving::validators::Validators;

/// What the preconditions of a `GET` or `HEAD` lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// They hold: the file is sent.
    Send,
    /// The client has this version already.
    NotModified,
    /// The client wants another version than there is.
    Failed,
}

/// Evaluates all preconditions but `If-Range`, in the order of RFC 9110, section 13.2.2.
pub(crate) fn evaluate(headers: &HeaderMap, current: &Validators) -> Outcome {
    // 1. and 2.
    if has(headers, &IF_MATCH) {
        if !any_tag(headers, &IF_MATCH, |tag| tag.is_strong && tag.quoted == current.etag) {
            return Outcome::Failed;
        }
    } else if let (Some(limit), Some(modified)) = (date(headers, &IF_UNMODIFIED_SINCE), current.modified)
        && modified > limit
    {
        return Outcome::Failed;
    }
    // 3. and 4.
    if has(headers, &IF_NONE_MATCH) {
        // Weak comparison: a cache may ask with a tag that it has weakened.
        if any_tag(headers, &IF_NONE_MATCH, |tag| tag.quoted == current.etag) {
            return Outcome::NotModified;
        }
    } else if let (Some(limit), Some(modified)) = (date(headers, &IF_MODIFIED_SINCE), current.modified)
        && modified <= limit
    {
        return Outcome::NotModified;
    }
    Outcome::Send
}

/// Evaluates `If-Range` (step 5): ranges may be sent if they are of the version that the client has begun with, as far as it
/// says.
pub(crate) fn allows_ranges(headers: &HeaderMap, current: &Validators, now: SystemTime) -> bool {
    let mut values = headers.get_all(IF_RANGE).iter();
    let Some(value) = values.next() else { return true };
    if values.next().is_some() {
        return false;
    }
    let Ok(text) = value.to_str() else { return false };
    // A weak tag has no quote at its beginning, and is no date either.
    if text.starts_with('"') {
        return text == current.etag;
    }
    let (Ok(date), Some(modified)) = (httpdate::parse_http_date(text), current.modified) else { return false };
    date == modified && is_strong(modified, now)
}

/// A date tells versions apart once no other version can get the same one (RFC 9110, section 8.8.2.2). A file that
/// was just written may have been another one in the same second.
fn is_strong(modified: SystemTime, now: SystemTime) -> bool {
    now.duration_since(modified).is_ok_and(|age| age >= Duration::from_secs(2))
}

fn has(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.contains_key(name)
}

/// The date of a header; one that is no date, or stands there twice, is as if it were not there.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() { None } else { httpdate::parse_http_date(value).ok() }
}

/// A tag out of a list.
#[derive(Debug, PartialEq, Eq)]
struct Tag<'a> {
    is_strong: bool,
    /// With its quotes.
    quoted: &'a str,
}

/// Tells whether a list is `*`, or has a tag that matches.
fn any_tag(headers: &HeaderMap, name: &HeaderName, matches: impl Fn(&Tag<'_>) -> bool) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.into_iter().any(|value| value.trim() == "*" || tags(value).any(|tag| matches(&tag)))
}

/// The tags of a list. It ends at the first thing that is no tag. A tag may hold commas, so the list cannot be split at
/// them.
fn tags(list: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = list;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let strong = rest.strip_prefix("W/");
        let (is_strong, text) = (strong.is_none(), strong.unwrap_or(rest));
        let length = text.strip_prefix('"')?.find('"')? + 2;
        let (quoted, after) = text.split_at(length);
        rest = after;
        Some(Tag { is_strong, quoted })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_tags_is_read_whatever_stands_in_them() {
        let read = |list| tags(list).map(|tag| (tag.is_strong, tag.quoted.to_owned())).collect::<Vec<_>>();
        let pair = |is_strong, quoted: &str| (is_strong, quoted.to_owned());
        assert_eq!(read(r#""a", W/"b" ,,"c,d""#), [pair(true, "\"a\""), pair(false, "\"b\""), pair(true, "\"c,d\"")]);
        assert_eq!(read(r#""a", b, "c""#), [pair(true, "\"a\"")]);
        for nothing in ["", "a", "\"", "\"a", "W/", "w/\"a\"", ","] {
            assert_eq!(read(nothing), [], "{nothing:?}");
        }
    }

    #[test]
    fn the_date_of_a_file_that_was_just_written_is_no_strong_one() {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        let current = Validators { etag: "\"a\"".to_owned(), modified: Some(modified) };
        let mut headers = HeaderMap::new();
        headers.insert(IF_RANGE, httpdate::fmt_http_date(modified).parse().unwrap());
        for (age, allowed) in [(0, false), (1, false), (2, true), (1_000, true)] {
            let now = modified + Duration::from_secs(age);
            assert_eq!(allows_ranges(&headers, &current, now), allowed, "{age}");
        }
    }
}
