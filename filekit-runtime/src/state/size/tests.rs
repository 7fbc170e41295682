//! Compares the size with what is written.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::*;

#[derive(Serialize)]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(i8, ()),
    Struct { field: &'static str, other: Option<bool> },
    Empty {},
}

#[derive(Serialize)]
struct Inner {
    text: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<u8>,
    list: Vec<Kind>,
}

#[derive(Serialize)]
struct Tagged<'r> {
    #[serde(flatten)]
    inner: BTreeMap<i64, f64>,
    raw: &'r RawValue,
    kinds: (Kind, Kind),
}

fn check(value: &impl Serialize) {
    let written = serde_json::to_string(value).unwrap();
    assert_eq!(size_as_json(value).unwrap(), written.len(), "{written}");
}

#[test]
fn it_is_as_many_bytes_as_are_written() {
    for number in [0, 1, 9, 10, 99, 100, 12_345, i64::MAX, -1, -10, i64::MIN] {
        check(&number);
        check(&number.unsigned_abs());
        check(&i128::from(number));
    }
    for number in [0.0, -0.0, 1.0, 1.5, 0.1, 1e300, -1e-7, f64::NAN, f64::INFINITY] {
        check(&number);
        check(&(number as f32));
    }
    for text in ["", "plain", "a\"b\\c", "\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}", "日本 \u{2028}", "x".repeat(999).as_str()]
    {
        check(&text);
        check(&Some(text));
        check(&BTreeMap::from([(text, text.chars().collect::<Vec<_>>())]));
        check(&format_args!("{text}-{text}"));
    }
    check(&());
    check(&[true, false]);
    check(&Vec::<u8>::new());
    check(&BTreeMap::<String, u8>::new());
}

#[test]
fn it_is_so_for_everything_that_serde_knows() {
    let raw = RawValue::from_string("[1, \"\\n\", {}]".to_owned()).unwrap();
    let list = || vec![Kind::Unit, Kind::Newtype(200), Kind::Tuple(-7, ()), Kind::Empty {}];
    check(&Inner { text: "a", left_out: None, list: list() });
    check(&Inner { text: "\"", left_out: Some(1), list: Vec::new() });
    check(&Kind::Struct { field: "x", other: None });
    check(&Tagged { inner: BTreeMap::from([(1, 2.5), (-3, 4.0)]), raw: &raw, kinds: (Kind::Unit, Kind::Newtype(1)) });
    check(&BTreeMap::from([(true, 'x'), (false, '"')]));
    check(&BTreeMap::from([('k', [(); 2])]));
    check(&vec![BTreeMap::from([(Some(5), raw)])]);
    check(&serde_json::json!({ "a": [null, { "b": 1.25 }], "c": "\u{0}" }));
}

#[test]
fn what_cannot_be_written_has_no_size() {
    let keys = BTreeMap::from([(vec![1], 2)]);
    assert_eq!(size_as_json(&keys).is_err(), serde_json::to_string(&keys).is_err());
    let keys = BTreeMap::from([((), 2)]);
    assert_eq!(size_as_json(&keys).is_err(), serde_json::to_string(&keys).is_err());
    let keys = BTreeMap::from([(Option::<u8>::None, 2)]);
    assert_eq!(size_as_json(&keys).is_err(), serde_json::to_string(&keys).is_err());
}
