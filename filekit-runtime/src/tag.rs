//! Names of what can change. Who changes it and who follows it agree on them, on every server.

use crate::storage::Sha256;
pub(crate) use crate::stores::Tag;

/// The kind of what a tag names, so that things of different kinds have different tags.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tagged<'a> {
    /// The states that belong to a session, and whether it has ended.
    Session(&'a [u8; 16]),
    /// A state, by its name and the key of its owner.
    State(&'a str, &'a str),
    /// What a program gives a name of its own.
    Topic(&'a str),
}

impl Tagged<'_> {
    /// A digest that nothing else has.
    pub(crate) fn digest(self) -> [u8; 32] {
        let digest = match self {
            Self::Session(id) => Sha256::of(&[b"session ".as_slice(), id].concat()),
            // The length tells the name from the key.
            Self::State(name, key) => {
                let length = name.len().to_string();
                Sha256::of(["state ", &length, " ", name, key].concat().as_bytes())
            }
            Self::Topic(topic) => Sha256::of(["topic ", topic].concat().as_bytes()),
        };
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest.as_ref());
        bytes
    }
}

impl Tagged<'_> {
    /// The tag by which changes are told.
    pub(crate) fn tag(self) -> Tag {
        of_digest(self.digest())
    }
}

/// The tag of what has this digest.
pub(crate) fn of_digest(digest: [u8; 32]) -> Tag {
    let (half, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
    Tag::from_bytes(*half)
}

/// A number below `count` that is the same for the same tag.
pub(crate) fn slot(tag: Tag, count: usize) -> usize {
    let [a, b, c, d, ..] = tag.to_bytes();
    usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or_default() % count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_has_different_tags() {
        let id = *b"0123456789abcdef";
        let tags = [
            Tagged::Session(&id),
            Tagged::State("a", "bc"),
            Tagged::State("ab", "c"),
            Tagged::Topic("abc"),
            Tagged::Topic("1 abc"),
        ];
        let tags = tags.map(Tagged::tag);
        assert_eq!(tags.iter().collect::<std::collections::HashSet<_>>().len(), tags.len());
        assert_eq!(Tagged::Topic("abc").tag(), tags[3]);
    }
}
