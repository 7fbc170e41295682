//! How much memory a state takes, estimated by what `serde` sees of it: its JSON says little of that. A `Vec<String>` of single
//! letters takes fourteen times its JSON and more, a long text once or twice its JSON.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;

/// What a text or a list takes where it stands: pointer, length and capacity.
const HANDLE: usize = 24;

/// What tells the variants of an enum apart, as far as another value is beside it.
const TAG: usize = 8;

/// What a state takes beside its value: its entries in the store, and their share of the tables.
const AROUND_A_STATE: usize = 512;

/// The memory that a state takes, as far as its shape tells. What `serde` does not see is not counted: skipped fields, and how large a
/// variant could be that it is not.
///
/// # Errors
///
/// If it cannot be written as JSON, because a key of a map is no text: it would find no place in any store.
pub(super) fn memory_of<S: Serialize>(state: &S) -> Result<usize, Error> {
    let cost = state.serialize(CostSerializer)?;
    Ok(AROUND_A_STATE + cost.inline.max(size_of::<S>()) + cost.heap)
}

/// The memory of a value.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// Where it stands: in a field, or in a list.
    inline: usize,
    /// Elsewhere, with what the allocator adds.
    heap: usize,
    /// Whether it can be the key of a map in JSON.
    is_key: bool,
}

impl Cost {
    const fn of_scalar(bytes: usize) -> Self {
        Self { inline: bytes, heap: 0, is_key: true }
    }

    const fn of_text(length: usize) -> Self {
        Self { inline: HANDLE, heap: grown(length), is_key: true }
    }

    /// A value beside the tag of its variant.
    const fn in_variant(self) -> Self {
        Self { inline: self.inline + TAG, heap: self.heap, is_key: false }
    }
}

/// What the allocator takes for so many bytes: glibc's has a header of 8, steps of 16, and 32 at least.
const fn allocated(bytes: usize) -> usize {
    match bytes {
        0 => 0,
        1..=24 => 32,
        _ => (bytes + 8).next_multiple_of(16),
    }
}

/// What grows one by one has room for up to twice as much: texts and lists, and so have tables of hashes and the nodes of trees.
const fn grown(bytes: usize) -> usize {
    allocated(bytes.saturating_mul(2))
}

struct CostSerializer;

/// The elements of a list, or the entries of a map.
#[derive(Default)]
struct ElementCosts {
    count: usize,
    /// Of the largest one so far: all have the same size where they stand.
    inline: usize,
    heap: usize,
}

impl ElementCosts {
    fn add(&mut self, cost: Cost) {
        self.count += 1;
        self.inline = self.inline.max(cost.inline);
        self.heap += cost.heap;
    }

    fn total(self) -> Cost {
        let slots = self.count.saturating_mul(self.inline);
        Cost { inline: HANDLE, heap: self.heap + grown(slots), is_key: false }
    }
}

/// The fields of a struct or a tuple.
#[derive(Default)]
struct FieldCosts {
    inline: usize,
    heap: usize,
    is_variant: bool,
}

impl FieldCosts {
    fn add<T: Serialize + ?Sized>(&mut self, field: &T) -> Result<(), Error> {
        let cost = field.serialize(CostSerializer)?;
        self.inline += cost.inline;
        self.heap += cost.heap;
        Ok(())
    }

    /// A field that is larger than a byte or two moves what is behind it.
    fn total(self) -> Cost {
        let inline = if self.inline > 4 { self.inline.next_multiple_of(8) } else { self.inline };
        let fields = Cost { inline, heap: self.heap, is_key: false };
        if self.is_variant { fields.in_variant() } else { fields }
    }
}

/// The entries of a map.
#[derive(Default)]
struct EntryCosts {
    entries: ElementCosts,
    key: Cost,
}

/// Methods that take a value of a fixed size.
macro_rules! scalars {
    ($($method:ident: $type:ty,)+) => {
        $(fn $method(self, _: $type) -> Result<Cost, Error> {
            Ok(Cost::of_scalar(size_of::<$type>()))
        })+
    };
}

impl Serializer for CostSerializer {
    type Ok = Cost;
    type Error = Error;
    type SerializeSeq = ElementCosts;
    type SerializeTuple = FieldCosts;
    type SerializeTupleStruct = FieldCosts;
    type SerializeTupleVariant = FieldCosts;
    type SerializeMap = EntryCosts;
    type SerializeStruct = FieldCosts;
    type SerializeStructVariant = FieldCosts;

    scalars! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
        serialize_f32: f32,
        serialize_f64: f64,
        serialize_char: char,
    }

    fn serialize_str(self, text: &str) -> Result<Cost, Error> {
        Ok(Cost::of_text(text.len()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Cost, Error> {
        Ok(Cost { is_key: false, ..Cost::of_text(bytes.len()) })
    }

    /// As much as a text that is not there.
    fn serialize_none(self) -> Result<Cost, Error> {
        Ok(Cost { inline: HANDLE, ..Cost::default() })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Cost, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Cost, Error> {
        Ok(Cost::default())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Cost, Error> {
        Ok(Cost::default())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<Cost, Error> {
        Ok(Cost::of_scalar(1))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Cost, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<Cost, Error> {
        value.serialize(self).map(Cost::in_variant)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<ElementCosts, Error> {
        Ok(ElementCosts::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<FieldCosts, Error> {
        Ok(FieldCosts::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<FieldCosts, Error> {
        Ok(FieldCosts::default())
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<FieldCosts, Error> {
        Ok(FieldCosts { is_variant: true, ..FieldCosts::default() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<EntryCosts, Error> {
        Ok(EntryCosts::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<FieldCosts, Error> {
        Ok(FieldCosts::default())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<FieldCosts, Error> {
        Ok(FieldCosts { is_variant: true, ..FieldCosts::default() })
    }
}

impl SerializeSeq for ElementCosts {
    type Ok = Cost;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.add(value.serialize(CostSerializer)?);
        Ok(())
    }

    fn end(self) -> Result<Cost, Error> {
        Ok(self.total())
    }
}

impl SerializeMap for EntryCosts {
    type Ok = Cost;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = key.serialize(CostSerializer)?;
        match self.key.is_key {
            true => Ok(()),
            false => Err(Error::custom("key must be a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let mut entry = FieldCosts { inline: self.key.inline, heap: self.key.heap, is_variant: false };
        entry.add(value)?;
        self.entries.add(entry.total());
        Ok(())
    }

    fn end(self) -> Result<Cost, Error> {
        Ok(self.entries.total())
    }
}

/// Traits whose values are fields, one after the other.
macro_rules! fields {
    ($($trait:ident: $method:ident($($name:ident)?),)+) => {
        $(impl $trait for FieldCosts {
            type Ok = Cost;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($name: &'static str,)? value: &T) -> Result<(), Error> {
                $(let _ = $name;)?
                self.add(value)
            }

            fn end(self) -> Result<Cost, Error> {
                Ok(self.total())
            }
        })+
    };
}

fields! {
    SerializeTuple: serialize_element(),
    SerializeTupleStruct: serialize_field(),
    SerializeTupleVariant: serialize_field(),
    SerializeStruct: serialize_field(_name),
    SerializeStructVariant: serialize_field(_name),
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn many_small_values_are_counted_by_what_they_take_and_not_by_their_json() {
        let letters = vec!["a".to_owned(); 1_000];
        let json = serde_json::to_string(&letters).unwrap().len();
        assert!(memory_of(&letters).unwrap() > 10 * json);
        let text = "x".repeat(1_000_000);
        assert!((2_000_000..2_001_000).contains(&memory_of(&text).unwrap()));
        let absent: Vec<Option<String>> = std::iter::repeat_n(None, 1_000).collect();
        assert!(memory_of(&absent).unwrap() > 24_000);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let pairs = HashMap::from([((1, 2), 3)]);
        assert!(memory_of(&pairs).is_err() && serde_json::to_string(&pairs).is_err());
        let numbers = HashMap::from([(1, 2)]);
        assert!(memory_of(&numbers).is_ok() && serde_json::to_string(&numbers).is_ok());
    }
}
