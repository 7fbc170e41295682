//! The options that a program sets, by its builder or by a variable of its environment, and the error of an invalid one: by
//! which name it was set, and what to write instead. The options themselves are `builder.rs`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::quota::Quota;
use crate::secret::Secret;
use crate::serving::{Assets, ServeByProxy};
#[cfg(feature = "object-storage")]
use crate::storage::ObjectStorage;
use crate::storage::{AnyStorage, Disk, named};
use crate::stores::{AnyNotices, AnyStateStore, StoreOfSetting, StoreSetting};
use crate::visitor::{HostName, Network};

/// The shortest secret that is taken, in bytes: a MAC is no stronger than its key (RFC 2104, section 3).
const MIN_SECRET: usize = 16;

/// Where the developer's own files are if nothing was chosen.
const ASSETS: &str = "assets";

/// The text of a variable of the environment, if there is one.
///
/// # Errors
///
/// If it is empty, or no UTF-8: what was meant is not known then, and nothing else may be taken for it.
pub(crate) fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(text) if text.trim().is_empty() => {
            Err(wrong(format!("`{name}` is empty: give it a value, or leave it out")))
        }
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(wrong(format!("`{name}` is no UTF-8"))),
    }
}

/// The choice cannot be carried out.
pub(crate) fn wrong(text: impl Into<String>) -> Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, text.into()).into()
}

/// A choice, and by which name it was made.
struct Choice<T> {
    value: T,
    by: &'static str,
}

/// An option of the builder, or else a variable of the environment.
fn chosen<T>(
    told: Option<T>,
    [method, variable]: [&'static str; 2],
    of_environment: impl FnOnce(&str) -> Result<Option<T>>,
) -> Result<Option<Choice<T>>> {
    match told {
        Some(value) => Ok(Some(Choice { value, by: method })),
        None => Ok(of_environment(variable)?.map(|value| Choice { value, by: variable })),
    }
}

/// The upload directory, which is made if it is not there.
pub(crate) fn disk(root: &Path) -> Result<Disk> {
    Disk::open(root).map_err(|error| {
        wrong(format!(
            "the upload directory cannot be used, {error}: let this user write there, or choose another by \
             `FILEKIT_UPLOADED_FILES_DIR` or `upload_dir(..)`"
        ))
    })
}

/// Where stored files are kept that are not in the upload directory, and where that is if the same variable says it.
pub(crate) enum StorageChoice {
    Directory(PathBuf),
    Elsewhere(AnyStorage),
}

/// Where stored files are kept, if it was chosen.
pub(crate) fn storage(told: Option<AnyStorage>) -> Result<Option<StorageChoice>> {
    let of_environment = |name: &str| {
        let Some(text) = variable(name)? else { return Ok(None) };
        match text.contains("://") {
            true => of_url(&text).map(StorageChoice::Elsewhere).map(Some),
            false => Ok(Some(StorageChoice::Directory(text.into()))),
        }
    };
    let told = told.map(StorageChoice::Elsewhere);
    Ok(chosen(told, ["storage(..)", "FILEKIT_STORAGE"], of_environment)?.map(|chosen| chosen.value))
}

#[cfg(feature = "object-storage")]
fn of_url(url: &str) -> Result<AnyStorage> {
    let storage = ObjectStorage::from_url(url).map_err(|error| wrong(format!("`FILEKIT_STORAGE`: {error}")))?;
    Ok(AnyStorage::new(storage))
}

#[cfg(not(feature = "object-storage"))]
fn of_url(url: &str) -> Result<AnyStorage> {
    let scheme = url.split(':').next().unwrap_or_default();
    let feature = match scheme {
        "gs" => "gcs",
        "az" => "azure",
        _ => "s3",
    };
    Err(wrong(format!(
        "`FILEKIT_STORAGE` is a URL of an object store: add the feature `{feature}` to `filekit` in `Cargo.toml`"
    )))
}

/// The secret that was chosen, or the one that is kept in the upload directory.
pub(crate) fn secret(told: Option<Vec<Vec<u8>>>, disk: &Disk) -> Result<Secret> {
    let of_environment =
        |name: &str| Ok(std::env::var_os(name).map(OsString::into_encoded_bytes).map(|bytes| vec![bytes]));
    let chosen = chosen(told, ["secret(..)", "FILEKIT_SECRET"], of_environment)?;
    let Some(Choice { value: secrets, by }) = chosen else { return disk.secret() };
    if let Some(short) = secrets.iter().map(Vec::len).find(|length| *length < MIN_SECRET) {
        return Err(wrong(format!(
            "the secret in `{by}` has {short} bytes, and has to have {MIN_SECRET} at least: give it what \
             `openssl rand -hex 32` writes, or leave it out, and one is made and kept in the upload directory"
        )));
    }
    let secrets = secrets.iter().map(|bytes| Secret::new(bytes));
    let none = || wrong("`secrets(..)` was given none, so there is nothing to sign with: give it one, or leave it out");
    secrets.reduce(|new, old| new.succeeding(&old)).ok_or_else(none)
}

/// The host names that are answered, if they were chosen.
pub(crate) fn hosts(told: Option<Vec<String>>) -> Result<Option<Vec<HostName>>> {
    let cure = "host name: write names alone, like `files.example.org`, `*.example.org` or `files.example.org:8443`";
    list(told, ["hosts(..)", "FILEKIT_HOSTS"], HostName::parse, cure)
}

/// The proxies whose headers are believed, if they were chosen.
pub(crate) fn trusted_proxies(told: Option<Vec<String>>) -> Result<Option<Vec<Network>>> {
    let cure = "address or network: write them like `10.0.0.0/8` or `::1`";
    list(told, ["trusted_proxies(..)", "FILEKIT_TRUSTED_PROXIES"], Network::parse, cure)
}

fn list<T>(
    told: Option<Vec<String>>,
    names: [&'static str; 2],
    parse: impl Fn(&str) -> Option<T>,
    cure: &str,
) -> Result<Option<Vec<T>>> {
    let of_environment =
        |name: &str| Ok(variable(name)?.map(|texts| texts.split(',').map(str::to_owned).collect::<Vec<_>>()));
    let Some(Choice { value: texts, by }) = chosen(told, names, of_environment)? else { return Ok(None) };
    let commas = if by == names[1] { ", with commas between them" } else { "" };
    let one = |text: &String| {
        let text = text.trim();
        parse(text).ok_or_else(|| wrong(format!("`{text}` in `{by}` is no {cure}{commas}")))
    };
    texts.iter().map(one).collect::<Result<_>>().map(Some)
}

/// Whether visitors come over https, if that was chosen.
pub(crate) fn https(told: Option<bool>) -> Result<Option<bool>> {
    truth(told, ["https(..)", "FILEKIT_HTTPS"])
}

/// Whether open documents show a program that was started anew, if that was chosen.
pub(crate) fn development(told: Option<bool>) -> Result<Option<bool>> {
    truth(told, ["development(..)", "FILEKIT_DEVELOPMENT"])
}

fn truth(told: Option<bool>, names: [&'static str; 2]) -> Result<Option<bool>> {
    let of_environment = |name: &str| {
        let Some(text) = variable(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| wrong(format!("`{name}` is `{text}`, and should be `true` or `false`")))
    };
    Ok(chosen(told, names, of_environment)?.map(|chosen| chosen.value))
}

/// The developer's own files. Those that were chosen have to be there.
pub(crate) fn assets(told: Option<Option<PathBuf>>, disk: &Disk) -> Result<Option<Assets>> {
    let of_environment =
        |name: &str| Ok(std::env::var_os(name).map(|path| (!path.is_empty()).then(|| PathBuf::from(path))));
    let (path, by) = match chosen(told, ["assets(..)", "FILEKIT_ASSETS_DIR"], of_environment)? {
        Some(Choice { value: Some(path), by }) => (path, by),
        None if Path::new(ASSETS).is_dir() => (ASSETS.into(), "FILEKIT_ASSETS_DIR"),
        Some(Choice { value: None, .. }) | None => return Ok(None),
    };
    let assets = Assets::open(&path).map_err(|error| {
        let error = named(error, &path);
        let none = if by == "assets(..)" { "call `no_assets()`" } else { "leave the variable empty" };
        wrong(format!(
            "`{by}` names what cannot be opened, {error}: make that folder, name another, or {none} to serve none"
        ))
    })?;
    if assets.reach_into(disk.root()) {
        let (uploads, assets) = (disk.root().display(), path.display());
        return Err(wrong(format!(
            "the upload directory {uploads} is in the assets, {assets}: what visitors upload would be trusted; choose \
             another folder by `FILEKIT_UPLOADED_FILES_DIR` or `{by}`"
        )));
    }
    tracing::debug!(path = %path.display(), "serving the developer's own files");
    Ok(Some(assets))
}

/// How the proxy in front is told which file it sends, if it was chosen that it does.
pub(crate) fn serve_by_proxy(told: Option<ServeByProxy>) -> Result<Option<ServeByProxy>> {
    match told {
        Some(wrongly) if !wrongly.is_valid() => Err(wrong(format!(
            "`serve_by_proxy(..)` got `{wrongly:?}`, which is no location: write it as nginx has it, with a slash at both ends, like \
             `/internal/`"
        ))),
        told => Ok(told),
    }
}

/// How much may be kept, if that was chosen.
pub(crate) fn quota(told: Option<Quota>) -> Result<Option<Quota>> {
    let of_environment = |name: &str| {
        let Some(text) = variable(name)? else { return Ok(None) };
        let parsed = Quota::parse(&text).map_err(|part| {
            wrong(format!(
                "`{part}` in `{name}` is no bound: write them like `per_owner=1 GB,total=200 GB,keep_free=5 GB`, or \
                 `per_address=4 GB`, `uploads_per_minute=60`, `parallel=4`"
            ))
        });
        parsed.map(Some)
    };
    Ok(chosen(told, ["quota(..)", "FILEKIT_QUOTA"], of_environment)?.map(|chosen| chosen.value))
}

/// The base path with a slash at its beginning and none at its end.
pub(crate) fn base_path(told: Option<String>) -> Result<String> {
    let of_environment = |name: &str| match std::env::var_os(name) {
        Some(text) if text.is_empty() => Ok(None),
        _ => variable(name),
    };
    let chosen = chosen(told, ["base_path(..)", "FILEKIT_BASE_PATH"], of_environment)?;
    let Some(Choice { value: chosen, by }) = chosen else { return Ok(String::new()) };
    let path = chosen.trim_end_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte);
    if !path.bytes().all(plain) || path.contains("//") {
        return Err(wrong(format!(
            "`{by}` is `{chosen}`, which is no path: write what a proxy takes away from the front of URLs, like `/files`"
        )));
    }
    Ok(if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") })
}
/// Where states are kept, and who is told of changes. What the builder does not say, the environment does.
///
/// # Errors
///
/// If the environment names a store that there is not.
pub(super) fn stores(
    store: Option<AnyStateStore>,
    notices: Option<AnyNotices>,
    disk: &Disk,
) -> Result<(Option<AnyStateStore>, Option<AnyNotices>)> {
    if store.is_some() {
        return Ok((store, notices));
    }
    match StoreSetting::from_env()? {
        None | Some(StoreSetting::Memory) => Ok((None, notices)),
        Some(setting) => {
            let stores = StoreOfSetting::new(setting, disk.private(""));
            let notices = notices.unwrap_or_else(|| AnyNotices::new(stores.clone()));
            Ok((Some(AnyStateStore::new(stores)), Some(notices)))
        }
    }
}
