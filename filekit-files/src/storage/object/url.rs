//! Which store and bucket a URL means.

use std::io;

use crate::error::{Error, Result};
use crate::storage::object::ObjectStorage;

impl ObjectStorage {
    /// The storage that a URL names: `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`, each with the feature of
    /// its store (`s3`, `gcs`, `azure`).
    ///
    /// Everything else is read from the environment, as the crate `object_store` does: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_REGION` and `AWS_ENDPOINT`; `GOOGLE_SERVICE_ACCOUNT`; `AZURE_STORAGE_ACCOUNT_NAME` and `AZURE_STORAGE_ACCOUNT_KEY`. On a
    /// machine of the cloud the role of the machine is used. An endpoint without TLS is used on this computer alone, unless
    /// `AWS_ALLOW_HTTP` is `true`.
    ///
    /// Behind the prefix there may be `?direct=true`, which is [`direct(true)`](Self::direct), and
    /// `public_endpoint=https://s3.example.org`, which is [`public_endpoint`](Self::public_endpoint).
    ///
    /// # Errors
    ///
    /// If the URL is of another kind, its feature is not enabled, or what the environment says cannot be used.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_files::storage::ObjectStorage;
    ///
    /// # fn main() -> filekit_files::Result<()> {
    /// let storage = ObjectStorage::from_url("s3://documents/uploads")?;
    /// # Ok(()) }
    /// ```
    pub fn from_url(url: &str) -> Result<Self> {
        let cure = "write `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`";
        let (scheme, rest) =
            url.split_once("://").ok_or_else(|| wrong(format!("`{url}` is no URL of a storage: {cure}")))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(wrong(format!("`{url}` names no bucket: {cure}")));
        }
        let storage = match scheme {
            "s3" => s3(bucket)?,
            "gs" => gcs(bucket)?,
            "az" => azure(bucket)?,
            _ => return Err(wrong(format!("`{url}` is of a kind of storage that is not known: {cure}"))),
        };
        storage.with_prefix(prefix).with_choices(url, query)
    }

    /// Files in a bucket of S3, or of its like, as a builder of the crate `object_store` describes it. Unlike a storage of
    /// [`paged`](Self::paged) browsers can send files to it by themselves ([`direct`](Self::direct)).
    ///
    /// # Errors
    ///
    /// If the builder lacks something, or its endpoint is no URL.
    #[cfg(feature = "s3")]
    pub fn s3(builder: object_store::aws::AmazonS3Builder) -> Result<Self> {
        let store = builder.clone().build().map_err(|error| wrong(format!("the storage cannot be used: {error}")))?;
        let bucket = crate::storage::object::s3::S3Bucket::new(store.clone(), &builder).map_err(wrong)?;
        Ok(Self { s3: Some(bucket), ..Self::paged(store) })
    }

    /// The same storage as the query of its URL says.
    fn with_choices(self, url: &str, query: &str) -> Result<Self> {
        let cure = "with the feature `s3` there may be `direct=true` behind `?`, and `public_endpoint=https://..` with the address at which \
                    browsers reach the store";
        let choices = query.split('&').filter(|choice| !choice.is_empty());
        choices.map(|choice| choice.split_once('=').unwrap_or((choice, ""))).try_fold(self, |storage, choice| {
            let chosen = storage.with_choice(choice);
            chosen.unwrap_or_else(|| Err(wrong(format!("`{url}` asks for what is not known: {cure}"))))
        })
    }

    #[cfg(feature = "s3")]
    fn with_choice(self, choice: (&str, &str)) -> Option<Result<Self>> {
        match choice {
            ("direct", "true") => Some(Ok(self.direct(true))),
            ("direct", "false") => Some(Ok(self.direct(false))),
            ("public_endpoint", endpoint) => Some(self.public_endpoint(endpoint)),
            _ => None,
        }
    }

    #[cfg(not(feature = "s3"))]
    fn with_choice(self, _: (&str, &str)) -> Option<Result<Self>> {
        None
    }
}

fn wrong(text: impl Into<String>) -> Error {
    io::Error::new(io::ErrorKind::InvalidInput, text.into()).into()
}

#[cfg(not(all(feature = "s3", feature = "gcs", feature = "azure")))]
fn missing(feature: &str) -> Result<ObjectStorage> {
    Err(wrong(format!("this storage needs the feature `{feature}`: add it to `filekit` in `Cargo.toml`")))
}

#[cfg(any(feature = "s3", feature = "gcs", feature = "azure"))]
mod cloud {
    use std::time::Duration;

    use object_store::RetryConfig;
    #[cfg(any(feature = "gcs", feature = "azure"))]
    use object_store::{ObjectStore, list::PaginatedListStore, signer::Signer};

    #[cfg(any(feature = "gcs", feature = "azure"))]
    use super::wrong;
    #[cfg(any(feature = "gcs", feature = "azure"))]
    use crate::error::Result;
    #[cfg(any(feature = "gcs", feature = "azure"))]
    use crate::storage::object::ObjectStorage;

    /// How long a request is made again that failed: about as long as a visitor waits.
    const PATIENCE: Duration = Duration::from_secs(30);

    pub(super) fn retry() -> RetryConfig {
        // The program may have chosen a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        RetryConfig { max_retries: 8, retry_timeout: PATIENCE, ..RetryConfig::default() }
    }

    #[cfg(any(feature = "gcs", feature = "azure"))]
    pub(super) fn built<T: ObjectStore + PaginatedListStore + Signer>(
        built: object_store::Result<T>,
    ) -> Result<ObjectStorage> {
        built.map(ObjectStorage::signing).map_err(|error| wrong(format!("the storage cannot be used: {error}")))
    }
}

#[cfg(feature = "s3")]
fn s3(bucket: &str) -> Result<ObjectStorage> {
    use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3CopyIfNotExists};
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(cloud::retry());
    let endpoint = builder.get_config_value(&AmazonS3ConfigKey::Endpoint).unwrap_or_default();
    if is_of_this_computer(&endpoint) {
        builder = builder.with_allow_http(true);
    }
    if builder.get_config_value(&AmazonS3ConfigKey::CopyIfNotExists).is_none() {
        builder = builder.with_copy_if_not_exists(S3CopyIfNotExists::Multipart);
    }
    // Not every store has a way to remove several at once, and here it is one at a time.
    ObjectStorage::s3(builder.with_config(AmazonS3ConfigKey::DisableBulkDelete, "true"))
}

/// Whether an endpoint cannot be listened to by others on the way.
#[cfg(feature = "s3")]
fn is_of_this_computer(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

#[cfg(not(feature = "s3"))]
fn s3(_: &str) -> Result<ObjectStorage> {
    missing("s3")
}

#[cfg(feature = "gcs")]
fn gcs(bucket: &str) -> Result<ObjectStorage> {
    use object_store::gcp::GoogleCloudStorageBuilder;
    let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(cloud::retry());
    cloud::built(builder.build())
}

#[cfg(not(feature = "gcs"))]
fn gcs(_: &str) -> Result<ObjectStorage> {
    missing("gcs")
}

#[cfg(feature = "azure")]
fn azure(container: &str) -> Result<ObjectStorage> {
    use object_store::azure::MicrosoftAzureBuilder;
    let builder = MicrosoftAzureBuilder::from_env().with_container_name(container).with_retry(cloud::retry());
    cloud::built(builder.build())
}

#[cfg(not(feature = "azure"))]
fn azure(_: &str) -> Result<ObjectStorage> {
    missing("azure")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_names_no_storage_is_told_what_does() {
        for (url, words) in [
            ("uploads", "`uploads` is no URL of a storage: write `s3://bucket/prefix`"),
            ("s3://", "`s3://` names no bucket"),
            ("s3:///prefix", "`s3:///prefix` names no bucket"),
            ("ftp://bucket", "`ftp://bucket` is of a kind of storage that is not known"),
            #[cfg(feature = "s3")]
            (
                "s3://bucket/a?directly",
                "`s3://bucket/a?directly` asks for what is not known: with the feature `s3` there may be",
            ),
        ] {
            let error = ObjectStorage::from_url(url).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[cfg(feature = "s3")]
    #[test]
    fn only_an_endpoint_of_this_computer_needs_no_tls() {
        for (endpoint, is_local) in [
            ("http://localhost:8333", true),
            ("http://127.0.0.1:8333/", true),
            ("http://[::1]:8333", true),
            ("http://storage:8333", false),
            ("http://127.0.0.1.example.org", false),
            ("https://localhost", false),
        ] {
            assert_eq!(is_of_this_computer(endpoint), is_local, "{endpoint}");
        }
    }
}
