//! Reads the value of a form control in the type that an event takes, whether a form or a script sent it. Which parts of a
//! form are values is decided in `filekit-files`.

use serde::de::DeserializeOwned;
use serde_json::{Error, Number, Value};

/// Integers up to this size are exact as `f64`, in which a script holds every number (ECMA-262, `Number.MAX_SAFE_INTEGER`).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Reads what a form sent for a control.
///
/// A form does not say what kind of control it was, so the type decides: the readings are tried one after the other,
/// from the one that says most about the text to the one that says least.
///
/// ```text
/// one text      "5": the text itself, the number or `true` or `false` that it spells, a box that is checked, a list of one
/// an empty text      the text itself, nothing (such as a number that was not entered), a box that is checked
/// no text       a box that is not checked, nothing, an empty list
/// several       a list of texts, or of what they spell
/// ```
///
/// # Errors
///
/// If none of the readings is a `T`.
pub(super) fn read<T: DeserializeOwned>(texts: &[String]) -> Result<T, Error> {
    first_that_fits(readings(texts))
}

/// Reads what a script sent: the JSON itself if it is a `T`, otherwise what a form would have sent for the same control.
///
/// # Errors
///
/// If neither is a `T`: the error of the JSON itself.
pub(super) fn read_json<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    let error = match serde_json::from_str(json) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let texts = serde_json::from_str(json).ok().and_then(as_texts);
    texts.and_then(|texts| read(&texts).ok()).ok_or(error)
}

/// The text that a form would have sent for a control that has this value. `None` if no control has it.
fn as_texts(value: Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Number(number) => Some(vec![number.to_string()]),
        // HTML standard, "constructing the entry list": a checked box without a value of its own is sent as `on`.
        Value::Bool(true) => Some(vec!["on".to_owned()]),
        Value::Bool(false) | Value::Null => Some(Vec::new()),
        Value::Array(items) => items.into_iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::Object(_) => None,
    }
}

fn first_that_fits<T: DeserializeOwned>(readings: Vec<Value>) -> Result<T, Error> {
    let mut first_error = None;
    for reading in readings {
        match serde_json::from_value(reading) {
            Ok(value) => return Ok(value),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| unreachable!("there is a reading for everything")))
}

fn readings(texts: &[String]) -> Vec<Value> {
    match texts {
        [] => vec![Value::Bool(false), Value::Null, Value::Array(Vec::new())],
        [text] => of_text(text),
        texts => lists(texts),
    }
}

fn of_text(text: &str) -> Vec<Value> {
    let mut readings = vec![Value::from(text)];
    readings.extend(spelt(text));
    if text.is_empty() {
        readings.push(Value::Null);
    }
    readings.push(Value::Bool(true));
    readings.extend(lists(&[text]));
    readings
}

/// A list of the texts, and one of what they spell if each spells something.
fn lists(texts: &[impl AsRef<str>]) -> Vec<Value> {
    let as_texts = texts.iter().map(|text| Value::from(text.as_ref())).collect();
    let as_spelt = texts.iter().map(|text| spelt(text.as_ref()).pop()).collect();
    [Some(as_texts), as_spelt].into_iter().flatten().collect()
}

/// The number or the truth value that a text spells, the most exact reading first.
fn spelt(text: &str) -> Vec<Value> {
    let text = text.trim();
    match text {
        "true" => return vec![Value::Bool(true)],
        "false" => return vec![Value::Bool(false)],
        _ => {}
    }
    // Of other letters Rust would read `inf` and `NaN`, which no control holds.
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return Vec::new();
    }
    let integer = text.parse::<u64>().map(Value::from).or_else(|_| text.parse::<i64>().map(Value::from));
    let float = text.parse::<f64>().ok().and_then(|float| Some((float, Number::from_f64(float)?)));
    match (integer, float) {
        (Ok(integer), _) => vec![integer],
        (Err(_), Some((float, number))) => [Some(Value::Number(number)), whole(float)].into_iter().flatten().collect(),
        (Err(_), None) => Vec::new(),
    }
}

/// The integer that a script would send for `5.0` or `1e3`.
#[expect(clippy::cast_possible_truncation, reason = "it is whole, and within the bounds")]
fn whole(float: f64) -> Option<Value> {
    (float.fract() == 0.0 && float.abs() <= MAX_SAFE_INTEGER).then(|| Value::from(float as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as<T: DeserializeOwned>(texts: &[&str]) -> Option<T> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        read(&texts).ok()
    }

    #[test]
    fn the_type_decides_what_a_text_is() {
        assert_eq!(read_as::<String>(&["5"]).as_deref(), Some("5"));
        assert_eq!(read_as::<u32>(&["5"]), Some(5));
        assert_eq!(read_as::<f64>(&["-0.5"]), Some(-0.5));
        assert_eq!(read_as::<Option<u32>>(&["5"]), Some(Some(5)));
        assert_eq!(read_as::<Vec<String>>(&["5"]), Some(vec!["5".to_owned()]));
        assert_eq!(read_as::<u32>(&["five"]), None);
        assert_eq!(read_as::<u8>(&["500"]), None);
    }

    #[test]
    fn a_number_that_was_not_entered_is_nothing() {
        assert_eq!(read_as::<Option<u32>>(&[""]), Some(None));
        assert_eq!(read_as::<u32>(&[""]), None);
        assert_eq!(read_as::<Option<String>>(&[""]), Some(Some(String::new())));
    }

    #[test]
    fn a_box_is_checked_if_it_was_sent() {
        assert_eq!(read_as::<bool>(&["on"]), Some(true));
        assert_eq!(read_as::<bool>(&["false"]), Some(false), "the value that was chosen from a list");
        assert_eq!(read_as::<bool>(&[]), Some(false));
        assert_eq!(read_as::<Option<bool>>(&[]), Some(Some(false)));
    }

    #[test]
    fn several_are_a_list_and_none_is_an_empty_one() {
        assert_eq!(read_as::<Vec<String>>(&["a", "b"]), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(read_as::<Vec<String>>(&[]), Some(Vec::new()));
        assert_eq!(read_as::<Option<String>>(&[]), Some(None));
        assert_eq!(read_as::<String>(&[]), None);
        assert_eq!(read_as::<String>(&["a", "b"]), None);
    }

    #[test]
    fn a_number_is_read_as_browsers_let_it_be_written() {
        for (text, expected) in [(".5", 0.5), ("-.5", -0.5), ("007", 7.0), ("1e3", 1_000.0), (" 5 ", 5.0), ("+5", 5.0)]
        {
            assert_eq!(read_as::<f64>(&[text]), Some(expected), "{text}");
        }
        for (text, expected) in [("5.0", 5), ("1e3", 1_000), ("007", 7), ("4294967295", u32::MAX)] {
            assert_eq!(read_as::<u32>(&[text]), Some(expected), "{text}");
        }
        assert_eq!(read_as::<u64>(&["18446744073709551615"]), Some(u64::MAX));
        for text in ["inf", "NaN", "e", "-", "0x5", "5,0", "1e999"] {
            assert_eq!(read_as::<f64>(&[text]), None, "{text}");
        }
        assert_eq!(read_as::<Vec<u32>>(&["5", "6"]), Some(vec![5, 6]));
        assert_eq!(read_as::<Vec<u32>>(&["5"]), Some(vec![5]));
        assert_eq!(read_as::<Vec<u32>>(&["5", "x"]), None);
    }

    #[test]
    fn a_script_may_send_what_a_form_would() {
        assert_eq!(read_json::<u32>("\"42\"").ok(), Some(42));
        assert_eq!(read_json::<Option<u32>>("\"\"").ok(), Some(None));
        assert_eq!(read_json::<f64>("\".5\"").ok(), Some(0.5));
        assert_eq!(read_json::<String>("42").ok().as_deref(), Some("42"));
        assert_eq!(read_json::<bool>("\"true\"").ok(), Some(true));
        assert_eq!(read_json::<Vec<String>>("true").ok(), Some(vec!["on".to_owned()]));
        assert_eq!(read_json::<Vec<u8>>("[\"1\",\"2\"]").ok(), Some(vec![1, 2]));
        assert_eq!(read_json::<Option<String>>("null").ok(), Some(None));
        for wrong in ["\"five\"", "{}", "[[]]", "{\"a\":\"5\"}", "\"5", ""] {
            assert!(read_json::<u32>(wrong).is_err(), "{wrong}");
        }
    }
}
