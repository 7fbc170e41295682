//! The ids of events.

/// Names an event: the same in every build of the same code, so that replicas built apart agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId(u64);

impl EventId {
    /// The id of the event with these parts: crate, module path, type, method, argument types.
    ///
    /// FNV-1a with 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>), with a zero byte after each part. Two
    /// events of one program with one id are found at start-up.
    #[must_use]
    pub const fn of(parts: &[&str]) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
                at += 1;
            }
            hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
            part += 1;
        }
        Self(hash)
    }

    pub(super) const LENGTH: usize = 8;

    pub(super) const fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0.to_be_bytes()
    }

    pub(super) const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(u64::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_fnv_1a_and_depend_on_where_the_parts_end() {
        assert_eq!(EventId::of(&[]), EventId(0xcbf2_9ce4_8422_2325));
        assert_ne!(EventId::of(&["ab", "c"]), EventId::of(&["a", "bc"]));
        assert_ne!(EventId::of(&["a", ""]), EventId::of(&["a"]));
    }
}
