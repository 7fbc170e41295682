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
mod tests;
