//! Names of what can change. Who changes it and who follows it agree on them, on every server.

use sha2::{Digest as _, Sha256};

pub(crate) use crate::stores::Tag;

/// The kind of what a tag names, so that things of different kinds have different tags.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tagged<'a> {
    /// The states that belong to a session.
    Session(&'a [u8; 16]),
    /// A session, for observers of events: nothing else is named by it.
    ObservedSession(&'a [u8; 16]),
    /// Whether a session has ended.
    SessionEnd(&'a [u8; 16]),
    /// A state, by its name and the key of its owner.
    State(&'a str, &'a str),
    /// That the event of an upload is to end, by the upload's owner and id.
    UploadEnd(&'a str),
    /// That a newer request for an upload has come, by the same.
    UploadRequest(&'a str),
    /// What a program gives a name of its own.
    Topic(&'a str),
}

impl Tagged<'_> {
    /// A digest that nothing else has.
    pub(crate) fn digest(self) -> [u8; 32] {
        let name = match self {
            Self::Session(id) => [b"session ".as_slice(), id].concat(),
            Self::ObservedSession(id) => [b"observed session ".as_slice(), id].concat(),
            Self::SessionEnd(id) => [b"end of session ".as_slice(), id].concat(),
            // The length tells the name from the key.
            Self::State(name, key) => ["state ", &name.len().to_string(), " ", name, key].concat().into_bytes(),
            Self::UploadEnd(key) => ["end of upload ", key].concat().into_bytes(),
            Self::UploadRequest(key) => ["request for upload ", key].concat().into_bytes(),
            Self::Topic(topic) => ["topic ", topic].concat().into_bytes(),
        };
        Sha256::digest(name).into()
    }

    /// The tag by which changes are told.
    pub(crate) fn tag(self) -> Tag {
        Tag::of_digest(self.digest())
    }
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
            Tagged::ObservedSession(&id),
            Tagged::SessionEnd(&id),
            Tagged::State("a", "bc"),
            Tagged::State("ab", "c"),
            Tagged::UploadEnd("abc"),
            Tagged::UploadRequest("abc"),
            Tagged::Topic("abc"),
            Tagged::Topic("1 abc"),
        ];
        let tags = tags.map(Tagged::tag);
        assert_eq!(tags.iter().collect::<std::collections::HashSet<_>>().len(), tags.len());
        assert_eq!(Tagged::Topic("abc").tag(), tags[7]);
    }
}
