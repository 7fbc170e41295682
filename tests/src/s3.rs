//! SeaweedFS, which speaks S3: one process and one bucket for all tests, each of which has a part of it.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use filekit::storage::ObjectStorage;
use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder, S3CopyIfNotExists};
use object_store::signer::{Method, SignedUrlOptions, Signer as _};
use object_store::{ObjectStore as _, ObjectStoreExt as _, RetryConfig};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{shared, shared::tools, until};

/// The key and the secret of the only user.
const USER: [&str; 2] = ["tests", "not a secret"];

/// The servers within the process, each with a port for HTTP and one for the others to talk to.
const PARTS: [&str; 4] = ["master", "volume", "filer", "s3"];

/// The name of the bucket. For each one SeaweedFS would reserve files of its own.
const BUCKET: &str = "tests";
/// One whose rule is for the pages of another site. Without any SeaweedFS lets all in.
const CLOSED_BUCKET: &str = "closed";

/// How often it is started. A port that was free may be taken before it has it.
const TRIES: usize = 10;

/// How the names of its folders begin, followed by the number of the process that has started it.
const FOLDER: &str = "filekit-s3-";

/// What one test has of the bucket: what is below a prefix.
#[derive(Clone, Debug)]
pub struct Bucket {
    endpoint: String,
    prefix: String,
}

/// The server. It ends with the process that started it.
#[derive(Debug)]
struct Server {
    s3: u16,
    _folder: TempDir,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();

impl Bucket {
    /// An empty one.
    pub async fn new() -> Self {
        // A program that has chosen none before has this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = SERVER.get_or_init(Server::start).await;
        Self::at(format!("http://127.0.0.1:{}", server.s3))
    }

    fn at(endpoint: String) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { endpoint, prefix: format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Another one, empty too.
    pub(crate) fn another(&self) -> Self {
        Self::at(self.endpoint.clone())
    }

    /// The same one as it is reached by this way, such as a relay.
    #[must_use]
    pub fn by_way_of(&self, address: SocketAddr) -> Self {
        Self { endpoint: format!("http://{address}"), prefix: self.prefix.clone() }
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.endpoint.trim_start_matches("http://").parse().expect("an address")
    }

    /// What `FILEKIT_STORAGE` has to be, and the variables beside it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("FILEKIT_STORAGE", format!("s3://{BUCKET}/{}/uploads", self.prefix)),
            ("AWS_ENDPOINT", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", USER[0].to_owned()),
            ("AWS_SECRET_ACCESS_KEY", USER[1].to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
    }

    /// Files in the bucket, below `uploads/`.
    pub fn storage(&self) -> ObjectStorage {
        let storage = ObjectStorage::s3(self.builder()).expect("a client");
        storage.with_prefix(format!("{}/uploads", self.prefix))
    }

    /// A bucket that pages of tests may send nothing to.
    pub fn storage_without_cors(&self) -> ObjectStorage {
        let builder = self.builder().with_bucket_name(CLOSED_BUCKET);
        ObjectStorage::s3(builder).expect("a client").with_prefix(format!("{}/uploads", self.prefix))
    }

    /// The bytes of the file with this key.
    pub async fn content(&self, key: &str) -> Vec<u8> {
        let found = self.client().get(&self.path_of(key)).await.unwrap_or_else(|error| panic!("{key}: {error}"));
        found.bytes().await.expect("all bytes").to_vec()
    }

    /// Keeps a file under this key, as a program does that knows where filekit keeps them.
    pub async fn keep(&self, key: &str, content: Vec<u8>) {
        self.client().put(&self.path_of(key), content.into()).await.unwrap_or_else(|error| panic!("{key}: {error}"));
    }

    /// Removes the file with this key.
    pub async fn remove(&self, key: &str) {
        self.client().delete(&self.path_of(key)).await.unwrap_or_else(|error| panic!("{key}: {error}"));
    }

    fn path_of(&self, key: &str) -> object_store::path::Path {
        object_store::path::Path::parse(format!("{}/uploads/{key}", self.prefix)).expect("a path")
    }

    /// The keys of all objects, sorted, as if there was no prefix.
    pub async fn keys(&self) -> Vec<String> {
        let prefix = object_store::path::Path::from(self.prefix.as_str());
        let objects = self.client().list(Some(&prefix));
        let of_test = |key: object_store::path::Path| key.as_ref()[self.prefix.len() + 1..].to_owned();
        let keys = objects.map_ok(|object| of_test(object.location)).try_collect();
        let mut keys: Vec<String> = keys.await.expect("a bucket");
        keys.sort();
        keys
    }

    /// The keys of uploads in parts that are not complete.
    pub async fn unfinished(&self) -> Vec<String> {
        let options = SignedUrlOptions::default().with_query([("uploads", "")]);
        let text = ask(&self.client(), Method::GET, "", &options, Vec::new()).await;
        let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split('<').next());
        keys.filter_map(|key| key.strip_prefix(&self.prefix)).map(str::to_owned).collect()
    }

    /// Puts an object under any key, as another program does.
    pub async fn put(&self, key: &str, content: impl Into<Vec<u8>>) {
        let key = format!("{}/{key}", self.prefix);
        ask(&self.client(), Method::PUT, &key, &SignedUrlOptions::default(), content.into()).await;
    }

    /// The bucket as the crate `object_store` knows it. What fails is asked for again for a short time alone.
    pub fn client(&self) -> AmazonS3 {
        self.builder().build().expect("a client")
    }

    fn builder(&self) -> AmazonS3Builder {
        let retry =
            RetryConfig { max_retries: 3, retry_timeout: std::time::Duration::from_secs(5), ..Default::default() };
        AmazonS3Builder::new()
            .with_endpoint(&self.endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_bucket_name(BUCKET)
            .with_access_key_id(USER[0])
            .with_secret_access_key(USER[1])
            .with_copy_if_not_exists(S3CopyIfNotExists::Multipart)
            .with_retry(retry)
    }
}

/// Asks what the crate has no way to ask.
async fn ask(client: &AmazonS3, method: Method, key: &str, options: &SignedUrlOptions, content: Vec<u8>) -> String {
    let path = object_store::path::Path::parse(key).expect("a path");
    let url = client.signed_url_opts(method.clone(), &path, std::time::Duration::from_secs(60), options).await;
    let request = reqwest::Client::new().request(method, url.expect("a URL")).body(content);
    let answer = request.send().await.expect("an answer").error_for_status().expect("no error");
    answer.text().await.expect("text")
}

impl Server {
    async fn start() -> Self {
        sweep();
        let name = format!("{FOLDER}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&name).tempdir().expect("a temporary folder");
        let users = format!(
            r#"{{"identities":[{{"name":"tests","credentials":[{{"accessKey":"{}","secretKey":"{}"}}],"actions":["Admin"]}}]}}"#,
            USER[0], USER[1]
        );
        fs::write(folder.path().join("users.json"), users).expect("a writable folder");
        for _ in 0..TRIES {
            let ports = free_ports();
            let mut process = spawn(&folder, &ports);
            let is_up = until("SeaweedFS answers", async || {
                if process.try_wait().expect("a child").is_some() {
                    return Some(false);
                }
                let answer = reqwest::get(format!("http://127.0.0.1:{}/status", ports[6])).await;
                answer.is_ok_and(|answer| answer.status().is_success()).then_some(true)
            });
            if is_up.await {
                for bucket in [BUCKET, CLOSED_BUCKET] {
                    make_bucket(ports[4], bucket).await;
                }
                let server = Self { s3: ports[6], _folder: folder };
                server.let_pages_in(BUCKET, "*").await;
                server.let_pages_in(CLOSED_BUCKET, "https://elsewhere.example").await;
                return server;
            }
        }
        panic!(
            "SeaweedFS ended {TRIES} times as soon as it was started; `cargo xtask test` installs it, or says why not"
        )
    }
}

impl Server {
    /// Lets pages of an origin send files to a bucket.
    async fn let_pages_in(&self, bucket: &str, origin: &str) {
        let rule = format!(
            "<CORSConfiguration><CORSRule><AllowedOrigin>{origin}</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>\
             <AllowedHeader>content-type</AllowedHeader></CORSRule></CORSConfiguration>"
        );
        let options = SignedUrlOptions::default().with_query([("cors", "")]);
        let of_server = Bucket { endpoint: format!("http://127.0.0.1:{}", self.s3), prefix: String::new() };
        let client = of_server.builder().with_bucket_name(bucket).build().expect("a client");
        ask(&client, Method::PUT, "", &options, rule.into()).await;
    }
}

/// To make a folder in the one place is to make a bucket in the other.
async fn make_bucket(filer: u16, name: &str) {
    let url = format!("http://127.0.0.1:{filer}/buckets/{name}/");
    until("the bucket is there", async || {
        let made = reqwest::Client::new().post(&url).send().await;
        made.is_ok_and(|made| made.status().is_success()).then_some(())
    })
    .await;
}

/// Removes what processes have left that are no more: nothing runs when one ends.
fn sweep() {
    for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(FOLDER)?.split_once('-')?.0.parse::<u32>().ok());
        if process.is_some_and(|process| !PathBuf::from(format!("/proc/{process}")).exists()) {
            // Another run may be faster.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Two ports for each of [`PARTS`].
fn free_ports() -> Vec<u16> {
    let held: Vec<_> = (0..2 * PARTS.len()).map(|_| TcpListener::bind("127.0.0.1:0").expect("a port")).collect();
    held.iter().map(|listener| listener.local_addr().expect("an address").port()).collect()
}

fn spawn(folder: &TempDir, ports: &[u16]) -> Child {
    let mut command = shared::program(tools().join("seaweedfs/weed"));
    command.args(["server", "-filer", "-s3"]);
    command.args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=50"]);
    command.args(["-master.volumeSizeLimitMB=64", "-master.electionTimeout=1s"]);
    // Its other doors have fixed ports, which another run of the tests may have.
    command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    command.arg(format!("-dir={}", folder.path().display()));
    command.arg(format!("-s3.config={}", folder.path().join("users.json").display()));
    for (part, ports) in PARTS.iter().zip(ports.chunks(2)) {
        command.arg(format!("-{part}.port={}", ports[0])).arg(format!("-{part}.port.grpc={}", ports[1]));
    }
    shared::spawn(command).expect("SeaweedFS, which `cargo xtask test` brings")
}
