//! `FILEKIT_STATE`: where states are kept, as those who run a program say it.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::stores::{AnyNotices, AnyStateStore, InProcessNotices, MemoryStates, Result, StoreError};

/// The variable of the environment.
const VARIABLE: &str = "FILEKIT_STATE";

/// The file in a folder, for `redb`.
#[cfg(feature = "redb")]
const FILE: &str = "state.redb";

/// Schemes of URLs that name a Redis.
const SCHEMES: [&str; 7] = ["redis", "rediss", "valkey", "valkeys", "unix", "redis+unix", "valkey+unix"];

/// Where states are kept, as the variable `FILEKIT_STATE` of the environment says it:
///
/// | written | states are kept | needs the feature |
/// | --- | --- | --- |
/// | `memory` | in this process, and end with it | |
/// | `redb` | in the file `state.redb` beside the uploads, and outlive the process | `redb` |
/// | a URL such as `redis://10.0.0.7:6379` | in Redis or Valkey, for several servers | `redis` |
///
/// ```
/// # use filekit_runtime::stores::StoreSetting;
/// # fn read() -> filekit_runtime::stores::Result<()> {
/// let setting: StoreSetting = "memory".parse()?;
/// assert_eq!(setting, StoreSetting::Memory);
/// let error = "postgres".parse::<StoreSetting>().expect_err("no such store");
/// assert!(error.to_string().starts_with("`FILEKIT_STATE` is `postgres`; there is `memory`, `redb`"));
/// # Ok(())
/// # }
/// # read().expect("it is read");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreSetting {
    /// In memory.
    Memory,
    /// In a file.
    Redb,
    /// In Redis, under this URL, which may have a password.
    Redis(String),
}

/// A store and the notices that go with it.
#[derive(Clone, Debug)]
pub struct OpenStores {
    /// Where states are kept.
    pub states: AnyStateStore,
    /// How other servers hear of changes. Those of a single process, unless states are in Redis.
    pub notices: AnyNotices,
}

impl StoreSetting {
    /// What the environment says. None if the variable is not there, or empty.
    ///
    /// # Errors
    ///
    /// If it says what there is not, or what this program was built without.
    pub fn from_env() -> Result<Option<Self>> {
        match std::env::var(VARIABLE) {
            Ok(written) if written.is_empty() => Ok(None),
            Ok(written) => written.parse().map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(written)) => Err(unknown(&written.to_string_lossy())),
        }
    }

    /// Opens the store; `folder` is where a file of states goes, such as `uploaded_files/.filekit`.
    ///
    /// ```
    /// # use filekit_runtime::stores::{OpenStores, Result, StateStore, StoreSetting};
    /// # use std::path::Path;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let OpenStores { states, .. } = StoreSetting::Memory.open(Path::new("uploaded_files/.filekit")).await?;
    /// assert!(states.load("key").await?.is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the store cannot be opened or reached, or the program was built without its feature.
    pub async fn open(&self, folder: &Path) -> Result<OpenStores> {
        match self {
            Self::Memory => Ok(of_one_process(AnyStateStore::new(MemoryStates::new()))),
            Self::Redb => open_redb(folder).await,
            Self::Redis(url) => open_redis(url).await,
        }
    }
}

impl FromStr for StoreSetting {
    type Err = StoreError;

    fn from_str(written: &str) -> Result<Self> {
        let is_url = written.split_once(':').is_some_and(|(scheme, _)| SCHEMES.contains(&scheme));
        match written {
            "memory" => Ok(Self::Memory),
            "redb" if cfg!(feature = "redb") => Ok(Self::Redb),
            _ if is_url && cfg!(feature = "redis") => Ok(Self::Redis(written.to_owned())),
            "redb" => Err(lacking("`redb`", "redb")),
            _ if is_url => Err(lacking("a URL of Redis", "redis")),
            _ => Err(unknown(written)),
        }
    }
}

impl fmt::Debug for StoreSetting {
    /// Without the URL, which may have a password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Memory => "Memory",
            Self::Redb => "Redb",
            Self::Redis(_) => "Redis",
        })
    }
}

fn of_one_process(states: AnyStateStore) -> OpenStores {
    OpenStores { states, notices: AnyNotices::new(InProcessNotices::new()) }
}

#[cfg(feature = "redb")]
async fn open_redb(folder: &Path) -> Result<OpenStores> {
    let states = crate::stores::RedbStates::open(folder.join(FILE)).await?;
    Ok(of_one_process(AnyStateStore::new(states)))
}

#[cfg(not(feature = "redb"))]
async fn open_redb(_folder: &Path) -> Result<OpenStores> {
    Err(lacking("`redb`", "redb"))
}

#[cfg(feature = "redis")]
async fn open_redis(url: &str) -> Result<OpenStores> {
    use crate::stores::{RedisNotices, RedisStates};

    let (states, notices) = (RedisStates::connect(url).await?, RedisNotices::connect(url).await?);
    Ok(OpenStores { states: AnyStateStore::new(states), notices: AnyNotices::new(notices) })
}

#[cfg(not(feature = "redis"))]
async fn open_redis(_url: &str) -> Result<OpenStores> {
    Err(lacking("a URL of Redis", "redis"))
}

fn lacking(what: &str, feature: &str) -> StoreError {
    StoreError::new(format!(
        "`{VARIABLE}` is {what}, and this program was built without it: turn on the feature `{feature}` of `filekit` in \
         `Cargo.toml`"
    ))
}

fn unknown(written: &str) -> StoreError {
    // What looks like a URL may have a password.
    let shown = written.split_once("//").map_or(written.to_owned(), |(scheme, _)| format!("{scheme}//.."));
    let with = |feature: &str, is_on: bool| match is_on {
        true => String::new(),
        false => format!(" (with the feature `{feature}` of `filekit`)"),
    };
    let redb = with("redb", cfg!(feature = "redb"));
    let redis = with("redis", cfg!(feature = "redis"));
    StoreError::new(format!(
        "`{VARIABLE}` is `{shown}`; there is `memory`, `redb`{redb} and `redis://HOST:6379`{redis}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With every set of features that this is built with.
    #[test]
    fn what_a_program_was_built_without_is_said_with_its_feature() {
        let stores =
            [("redb", cfg!(feature = "redb"), "redb"), ("redis://:password@host", cfg!(feature = "redis"), "redis")];
        for (written, is_built_in, feature) in stores {
            match written.parse::<StoreSetting>() {
                Ok(_) => assert!(is_built_in),
                Err(error) => {
                    assert!(!is_built_in);
                    let words = error.to_string();
                    assert!(words.contains(&format!("turn on the feature `{feature}` of `filekit`")), "{words}");
                    assert!(!words.contains("password"), "{words}");
                }
            }
        }
    }
}
