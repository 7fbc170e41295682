//! The instance and version that a browser says that it shows. What that version shows is in `store.rs`.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use crate::error::Rejection;
use crate::visitor::Seal;

/// Names a page instance within its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct InstanceId(u64);

impl InstanceId {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        getrandom::u64().map(Self)
    }
}

impl Display for InstanceId {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

/// An instance in one of its versions. Its text is `NAME.VERSION`; the seals are the end of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InstanceVersion {
    pub(crate) id: InstanceId,
    /// The seal of the page, if there is one. It does not identify the instance.
    pub(crate) seal: Option<Seal>,
    /// The seal of the session which the document was made for, if there is one. It does not identify the instance either.
    pub(crate) owner: Option<Seal>,
    pub(crate) version: u64,
}

/// The greatest version that is believed: far from where a script's numbers lose their last digits.
const MAX_VERSION: u64 = 1 << 52;

/// Hexadecimal digits of an id.
const ID_LENGTH: usize = 16;

/// Characters of a seal.
const SEAL_LENGTH: usize = 22;

impl InstanceVersion {
    /// The instance and version with the seals of a page and of its session.
    pub(crate) fn sealed(self, seal: Seal, owner: Seal) -> Self {
        Self { seal: Some(seal), owner: Some(owner), ..self }
    }

    /// The id by which the browser knows the instance.
    pub(crate) fn name(&self) -> String {
        let [seal, owner] = [self.seal, self.owner].map(|seal| seal.map(|seal| seal.to_string()).unwrap_or_default());
        format!("{}{seal}{owner}", self.id)
    }
}

impl Display for InstanceVersion {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.name(), self.version)
    }
}

impl FromStr for InstanceVersion {
    type Err = Rejection;

    fn from_str(text: &str) -> Result<Self, Rejection> {
        let malformed = || Rejection::malformed(format_args!("{text:?} is no page instance"));
        let (name, version) = text.split_once('.').ok_or_else(malformed)?;
        let (id, seals) = name.split_at_checked(ID_LENGTH).ok_or_else(malformed)?;
        let (seal, owner) = seals.split_at_checked(SEAL_LENGTH).unwrap_or((seals, ""));
        let read = |text: &str| (!text.is_empty()).then(|| Seal::parse(text).ok_or_else(malformed)).transpose();
        let (seal, owner) = (read(seal)?, read(owner)?);
        let is_hexadecimal = id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = is_hexadecimal.then(|| u64::from_str_radix(id, 16).ok()).flatten().ok_or_else(malformed)?;
        let is_decimal = version.bytes().all(|byte| byte.is_ascii_digit());
        let version = is_decimal.then(|| version.parse().ok()).flatten().ok_or_else(malformed)?;
        if version > MAX_VERSION {
            return Err(malformed());
        }
        Ok(Self { id: InstanceId(id), seal, owner, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_survives_its_text_and_nothing_else_is_one() {
        let claim = InstanceVersion { id: InstanceId(0x1f), seal: None, owner: None, version: 7 };
        assert_eq!(claim.to_string(), "000000000000001f.7");
        assert_eq!(claim.to_string().parse::<InstanceVersion>().unwrap(), claim);
        let sealed = InstanceVersion { seal: Seal::parse("-_AAAAAAAAAAAAAAAAAAAA"), ..claim };
        assert_eq!(sealed.to_string(), "000000000000001f-_AAAAAAAAAAAAAAAAAAAA.7");
        assert_eq!(sealed.to_string().parse::<InstanceVersion>().unwrap(), sealed);
        let owned = InstanceVersion { owner: Seal::parse("_-AAAAAAAAAAAAAAAAAAAA"), ..sealed };
        assert_eq!(owned.to_string(), "000000000000001f-_AAAAAAAAAAAAAAAAAAAA_-AAAAAAAAAAAAAAAAAAAA.7");
        assert_eq!(owned.to_string().parse::<InstanceVersion>().unwrap(), owned);
        for text in ["", ".", "1f.7", "000000000000001f", "000000000000001f.", "000000000000001f.-1"] {
            assert!(text.parse::<InstanceVersion>().is_err(), "{text}");
        }
        for text in ["000000000000001fAAAA.7", "000000000000001f-_AAAAAAAAAAAAAAAAAAAAA.7", "00000000000001é.7"] {
            assert!(text.parse::<InstanceVersion>().is_err(), "{text}");
        }
        for text in ["+00000000000001f.7", "000000000000001f.+7", "000000000000001f.7.7", "000000000000001é.7"] {
            assert!(text.parse::<InstanceVersion>().is_err(), "{text}");
        }
        assert!(format!("000000000000001f.{}", MAX_VERSION + 1).parse::<InstanceVersion>().is_err());
        assert!("000000000000001f.99999999999999999999".parse::<InstanceVersion>().is_err());
    }
}
