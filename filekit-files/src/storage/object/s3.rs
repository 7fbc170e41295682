//! What is asked of a bucket of S3, or of its like, with requests that are signed here: those that browsers make, and those that the
//! crate `object_store` does not know.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, StatusCode, Url};
use rusty_s3::actions::{GetObject, ListParts, ListPartsResponse, PutObject, UploadPart};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

use crate::storage::SignedAnswer;
use crate::storage::object::error::io_error;

/// How long a store may take to say whether pages may send to it.
const PREFLIGHT: Duration = Duration::from_secs(3);

/// How long a request of the server is good for, which is made at once.
const AT_ONCE: Duration = Duration::from_secs(60);

/// How often a request is made that fails, and how long is waited before the second. Each further wait is twice as long.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// A bucket.
#[derive(Clone)]
pub(super) struct S3Bucket {
    pub(super) store: AmazonS3,
    /// As this computer reaches it.
    bucket: Bucket,
    /// As browsers reach it.
    public: Bucket,
    client: Client,
}

impl S3Bucket {
    /// The bucket of a store that was built by `builder`.
    ///
    /// # Errors
    ///
    /// If its endpoint is no URL.
    pub(super) fn new(store: AmazonS3, builder: &AmazonS3Builder) -> Result<Self, String> {
        let bucket = bucket(builder)?;
        let client =
            Client::builder().connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(300)).build();
        Ok(Self { store, public: bucket.clone(), bucket, client: client.map_err(|error| error.to_string())? })
    }

    /// The same bucket, which browsers reach at another address than this computer.
    ///
    /// # Errors
    ///
    /// If it is no URL.
    pub(super) fn public_endpoint(mut self, endpoint: &str) -> Result<Self, String> {
        let url: Url = endpoint.parse().map_err(|error| format!("`{endpoint}` is no URL: {error}"))?;
        let (name, region) = (self.bucket.name().to_owned(), self.bucket.region().to_owned());
        self.public =
            Bucket::new(url, UrlStyle::Path, name, region).map_err(|error| format!("`{endpoint}`: {error}"))?;
        Ok(self)
    }

    async fn credentials(&self) -> io::Result<Credentials> {
        let credential = self.store.credentials().get_credential().await.map_err(io_error)?;
        let (key, secret) = (credential.key_id.as_str(), credential.secret_key.as_str());
        Ok(match &credential.token {
            Some(token) => Credentials::new_with_token(key, secret, token.as_str()),
            None => Credentials::new(key, secret),
        })
    }

    /// URLs by which a browser may put parts of an object, each with the headers that it has to send.
    pub(super) async fn signer(&self) -> io::Result<BrowserSigner<'_>> {
        Ok(BrowserSigner { bucket: &self.public, credentials: self.credentials().await? })
    }

    /// A URL at which the store sends an object to every client that has the URL.
    pub(super) async fn signed_url(&self, path: &str, answer: &SignedAnswer) -> io::Result<String> {
        let credentials = self.credentials().await?;
        let mut action = GetObject::new(&self.public, Some(&credentials), path);
        for (name, value) in [
            ("response-cache-control", &answer.cache_control),
            ("response-content-disposition", &answer.content_disposition),
            ("response-content-type", &answer.content_type),
        ] {
            action.query_mut().insert(name, value.to_string());
        }
        Ok(action.sign(answer.lifetime).into())
    }

    /// Parts of an upload behind this one, up to a thousand.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such upload; or if the store fails.
    pub(super) async fn parts(&self, path: &str, id: &str, behind: u16) -> io::Result<ListPartsResponse> {
        let credentials = self.credentials().await?;
        let mut action = ListParts::new(&self.bucket, Some(&credentials), path, id);
        if behind > 0 {
            action.set_part_number_marker(behind);
        }
        let text = self.ask(Method::GET, || action.sign(AT_ONCE), HeaderMap::new()).await?;
        ListParts::parse_response(&text).map_err(io::Error::other)
    }

    /// Copies an object of this version within the bucket. The copy has another type.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such version; or if the store fails.
    pub(super) async fn copy(&self, from: &str, version: &str, to: &str, mime: &str) -> io::Result<()> {
        let credentials = self.credentials().await?;
        let mut action = PutObject::new(&self.bucket, Some(&credentials), to);
        let source = self.bucket.object_url(from);
        // The path of its URL is the bucket and the key, or the key alone, and is encoded as it has to be here.
        let key = self.bucket.base_url().make_relative(&source).unwrap_or_default();
        let source = format!("/{}/{key}", self.bucket.name());
        let fields = [
            ("content-type", mime),
            ("x-amz-copy-source", source.as_str()),
            ("x-amz-copy-source-if-match", version),
            ("x-amz-metadata-directive", "REPLACE"),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            action.headers_mut().insert(name, value.to_owned());
            headers.insert(HeaderName::from_static(name), HeaderValue::try_from(value).map_err(io::Error::other)?);
        }
        self.ask(Method::PUT, || action.sign(AT_ONCE), headers).await.map(drop)
    }

    /// What the store says to a browser that asks whether a page of this origin may send it a file.
    pub(super) async fn preflight(&self, origin: &str, path: &str, fields: &str) -> io::Result<HeaderMap> {
        let request = self.client.request(Method::OPTIONS, self.bucket.object_url(path));
        let request =
            request.timeout(PREFLIGHT).header("origin", origin).header("access-control-request-method", "PUT");
        let answer = request.header("access-control-request-headers", fields).send().await.map_err(io::Error::other)?;
        Ok(answer.headers().clone())
    }

    /// Makes a request, again if it fails, each time with a new signature, and returns the text of the answer.
    async fn ask(&self, method: Method, sign: impl Fn() -> Url, headers: HeaderMap) -> io::Result<String> {
        let (mut wait, mut tries) = (FIRST_WAIT, 1);
        loop {
            let request = self.client.request(method.clone(), sign()).headers(headers.clone());
            let answer = async {
                // One that has no body says so.
                let answer = request.header("content-length", "0").send().await?;
                Ok::<_, reqwest::Error>((answer.status(), answer.text().await?))
            };
            let failed = match answer.await {
                // What takes its time is answered with 200 before it is known what becomes of it (Amazon, "CopyObject").
                Ok((status, text)) if status.is_success() && text.contains("<Error") => said(status, &text),
                Ok((status, text)) if status.is_success() => return Ok(text),
                Ok((status, text)) if !status.is_server_error() => return Err(said(status, &text)),
                Ok((status, text)) => said(status, &text),
                Err(error) => io::Error::other(error.without_url()),
            };
            if tries == TRIES {
                return Err(failed);
            }
            tokio::time::sleep(wait).await;
            (wait, tries) = (wait * 2, tries + 1);
        }
    }
}

impl fmt::Debug for S3Bucket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "S3Bucket({})", self.bucket.base_url())
    }
}

/// An error that the store has answered with.
fn said(status: StatusCode, text: &str) -> io::Error {
    // Anything else that is not found is a wrong bucket, or what stands in front of the store.
    let is_gone = ["NoSuchUpload", "NoSuchKey"].iter().any(|code| text.contains(code));
    let kind = match status {
        StatusCode::NOT_FOUND if is_gone => io::ErrorKind::NotFound,
        StatusCode::PRECONDITION_FAILED => io::ErrorKind::NotFound,
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, format!("the store has answered with {status}: {text}"))
}

/// Signs what browsers send.
pub(super) struct BrowserSigner<'a> {
    bucket: &'a Bucket,
    credentials: Credentials,
}

/// A URL, and the headers that a request to it has to have.
pub(super) type Signed = (String, BTreeMap<String, String>);

impl BrowserSigner<'_> {
    /// Where a browser may put a part of so many bytes.
    ///
    /// The length is signed too, and browsers send the right one by themselves: another one would be another request.
    pub(super) fn part(&self, path: &str, (id, number): (&str, u16), size: u64, lasts: Duration) -> Signed {
        let mut action = UploadPart::new(self.bucket, Some(&self.credentials), path, number, id);
        action.headers_mut().insert("content-length", size.to_string());
        action.headers_mut().insert("content-type", super::direct::TYPE);
        let headers = BTreeMap::from([("Content-Type".to_owned(), super::direct::TYPE.to_owned())]);
        (action.sign(lasts).into(), headers)
    }
}

/// The bucket that a builder names, as the crate `object_store` understands it.
fn bucket(builder: &AmazonS3Builder) -> Result<Bucket, String> {
    let value = |key| builder.get_config_value(&key);
    let name = value(AmazonS3ConfigKey::Bucket).unwrap_or_default();
    let region = value(AmazonS3ConfigKey::Region).unwrap_or_else(|| "us-east-1".to_owned());
    let is_virtual = value(AmazonS3ConfigKey::VirtualHostedStyleRequest).is_some_and(|value| value == "true");
    let (endpoint, style) = match value(AmazonS3ConfigKey::Endpoint) {
        // There the endpoint names the bucket already.
        Some(endpoint) if is_virtual => (endpoint.replacen(&format!("://{name}."), "://", 1), UrlStyle::VirtualHost),
        Some(endpoint) => (endpoint, UrlStyle::Path),
        // A certificate is good for one name before the region.
        None if name.contains('.') => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::Path),
        None => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::VirtualHost),
    };
    let url: Url = endpoint.parse().map_err(|error| format!("the endpoint `{endpoint}` is no URL: {error}"))?;
    Bucket::new(url, style, name, region).map_err(|error| format!("the endpoint `{endpoint}`: {error}"))
}
