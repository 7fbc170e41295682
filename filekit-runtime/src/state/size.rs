//! The size of a value as JSON, found out without writing it: a state in memory needs no more. What is too large is `kept.rs`.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{self, Error as _};
use serde_json::Error;

/// How many bytes `serde_json` would write.
///
/// # Errors
///
/// If it could not write the value.
pub(super) fn size_as_json(value: &(impl Serialize + ?Sized)) -> Result<usize, Error> {
    let mut size = Size { bytes: 0, place: Place::Value };
    value.serialize(&mut size)?;
    Ok(size.bytes)
}

/// What `serde_json::value::RawValue` calls itself. Its JSON is written as it is.
const RAW: &str = "$serde_json::private::RawValue";

/// Counts what would be written.
struct Size {
    bytes: usize,
    place: Place,
}

/// Where the value at hand stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Value,
    /// The key of a map: a text, or what can be one.
    Key,
    /// JSON that is there already.
    Raw,
}

impl Size {
    /// A number, a truth or `null`, which a key has in quotes.
    fn word(&mut self, length: usize) -> Result<(), Error> {
        self.bytes += length + if self.place == Place::Key { 2 } else { 0 };
        Ok(())
    }

    fn number(&mut self, digits: Option<u32>, is_negative: bool) -> Result<(), Error> {
        self.word(digits.map_or(1, |most| most as usize + 1) + usize::from(is_negative))
    }

    /// A list or a map: its brackets, of which one stands for the comma of an item.
    fn items(&mut self) -> Result<Items<'_>, Error> {
        self.check_no_key()?;
        self.bytes += 1;
        Ok(Items { size: self, is_empty: true, is_raw: false })
    }

    /// A variant with content: a map of one item.
    fn variant(&mut self, name: &str) -> Result<(), Error> {
        self.check_no_key()?;
        self.bytes += "{:}".len() + quoted(name);
        Ok(())
    }

    fn check_no_key(&self) -> Result<(), Error> {
        match self.place {
            Place::Key => Err(Error::custom("key must be a string")),
            Place::Value | Place::Raw => Ok(()),
        }
    }
}

/// The length of a text in quotes.
fn quoted(text: &str) -> usize {
    2 + escaped(text)
}

fn escaped(text: &str) -> usize {
    let bytes = text.as_bytes();
    // Without a branch in the loop, many bytes are looked at in one step.
    let is_plain = bytes.iter().fold(true, |plain, byte| plain & (*byte >= 0x20 && !matches!(byte, b'"' | b'\\')));
    if is_plain { bytes.len() } else { bytes.iter().map(|byte| length_of(*byte)).sum() }
}

/// The length of a byte of a text.
fn length_of(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | 0x08 | 0x09 | 0x0a | 0x0c | 0x0d => r"\n".len(),
        0..0x20 => r"\u0000".len(),
        _ => 1,
    }
}

/// The items of a list or a map.
struct Items<'a> {
    size: &'a mut Size,
    is_empty: bool,
    is_raw: bool,
}

impl Items<'_> {
    fn item(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.is_empty = false;
        self.size.bytes += 1;
        value.serialize(&mut *self.size)
    }

    fn key(&mut self, key: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.size.bytes += 1;
        self.size.place = Place::Key;
        key.serialize(&mut *self.size)?;
        self.size.place = Place::Value;
        Ok(())
    }

    fn field(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        if self.is_raw {
            self.size.place = Place::Raw;
            value.serialize(&mut *self.size)?;
            self.size.place = Place::Value;
            return Ok(());
        }
        self.size.bytes += quoted(name) + 1;
        self.item(value)
    }

    fn close(self) -> Result<(), Error> {
        self.size.bytes += usize::from(self.is_empty && !self.is_raw);
        Ok(())
    }
}

macro_rules! integers {
    ($($signed:ident: $signed_type:ty, $unsigned:ident: $unsigned_type:ty;)*) => {$(
        fn $signed(self, value: $signed_type) -> Result<(), Error> {
            self.number(value.unsigned_abs().checked_ilog10(), value < 0)
        }

        fn $unsigned(self, value: $unsigned_type) -> Result<(), Error> {
            self.number(value.checked_ilog10(), false)
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Size {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = Items<'a>;
    type SerializeTupleStruct = Items<'a>;
    type SerializeTupleVariant = Items<'a>;
    type SerializeMap = Items<'a>;
    type SerializeStruct = Items<'a>;
    type SerializeStructVariant = Items<'a>;

    integers! {
        serialize_i8: i8, serialize_u8: u8;
        serialize_i16: i16, serialize_u16: u16;
        serialize_i32: i32, serialize_u32: u32;
        serialize_i64: i64, serialize_u64: u64;
        serialize_i128: i128, serialize_u128: u128;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.word(if value { "true" } else { "false" }.len())
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        if !value.is_finite() {
            self.check_no_key()?;
        }
        self.word(serde_json::to_string(&value)?.len())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            self.check_no_key()?;
        }
        self.word(serde_json::to_string(&value)?.len())
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.bytes += if self.place == Place::Raw { value.len() } else { quoted(value) };
        Ok(())
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        struct Written(usize);
        impl fmt::Write for Written {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0 += escaped(text);
                Ok(())
            }
        }
        let mut written = Written(0);
        fmt::Write::write_fmt(&mut written, format_args!("{value}")).map_err(Error::custom)?;
        self.bytes += 2 + written.0;
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        let mut items = self.items()?;
        value.iter().try_for_each(|byte| items.item(byte))?;
        items.close()
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.check_no_key()?;
        self.word("null".len())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(variant)?;
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Error> {
        self.variant(variant)?;
        self.items()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'a>, Error> {
        self.items()
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Items<'a>, Error> {
        match name {
            RAW => Ok(Items { size: self, is_empty: true, is_raw: true }),
            _ => self.items(),
        }
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items<'a>, Error> {
        self.variant(variant)?;
        self.items()
    }
}

macro_rules! lists {
    ($($of:ident: $method:ident;)*) => {$(
        impl ser::$of for Items<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

lists! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
}

macro_rules! structs {
    ($($of:ident),*) => {$(
        impl ser::$of for Items<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

structs! { SerializeStruct, SerializeStructVariant }

impl ser::SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.item(value)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
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
        for text in
            ["", "plain", "a\"b\\c", "\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}", "日本 \u{2028}", "x".repeat(999).as_str()]
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
        check(&Tagged {
            inner: BTreeMap::from([(1, 2.5), (-3, 4.0)]),
            raw: &raw,
            kinds: (Kind::Unit, Kind::Newtype(1)),
        });
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
}
