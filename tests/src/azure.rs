//! Azurite, which speaks as Azure Blob Storage does: one process and one container for all tests, each of which has a part of it.

use std::net::{SocketAddr, TcpListener};
use std::process::Child;
use std::sync::atomic::{AtomicU32, Ordering};

use filekit::storage::ObjectStorage;
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use tokio::sync::OnceCell;

use crate::{shared, shared::tools, until};

/// The account and the key that Azurite has for all (Azure, "Use Azurite for local storage development").
const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const CONTAINER: &str = "tests";

/// Lets who has it make containers: signed once by the key above ("Create an account SAS"), since a client of files makes none.
const GRANT: &str = "sv=2019-12-12&ss=b&srt=c&sp=c&se=2100-01-01T00%3A00%3A00Z\
                     &sig=4RXXtpKveU0FtooFq3JP7migD7bPu%2B%2FqT%2BUpNTUGCPk%3D";

/// What one test has of the container: what is below a prefix.
#[derive(Clone, Debug)]
pub struct Container {
    address: SocketAddr,
    prefix: String,
}

/// How often it is started: each time the port that was free may be taken.
const ATTEMPTS: usize = 10;

static SERVER: OnceCell<SocketAddr> = OnceCell::const_new();

impl Container {
    /// An empty one.
    pub async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // A program that has chosen none before has this one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let address = *SERVER.get_or_init(start).await;
        Self { address, prefix: format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed)) }
    }

    /// Files in the container, below `uploads/`.
    pub fn storage(&self) -> ObjectStorage {
        ObjectStorage::paged(client(self.address)).with_prefix(format!("{}/uploads", self.prefix))
    }
}

fn client(address: SocketAddr) -> MicrosoftAzure {
    let builder = MicrosoftAzureBuilder::new().with_account(ACCOUNT).with_access_key(KEY);
    let builder = builder.with_container_name(CONTAINER).with_allow_http(true);
    builder.with_endpoint(format!("http://{address}/{ACCOUNT}")).build().expect("a client")
}

async fn start() -> SocketAddr {
    for _ in 0..ATTEMPTS {
        let address = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
        let mut process = spawn(address);
        let is_up = until("Azurite listens", async || {
            if process.try_wait().expect("a child").is_some() {
                return Some(false);
            }
            tokio::net::TcpStream::connect(address).await.is_ok().then_some(true)
        });
        // A port that was free may be taken before the server has it.
        if is_up.await {
            make_container(address).await;
            return address;
        }
    }
    panic!("Azurite does not start: `cargo xtask test` brings it");
}

async fn make_container(address: SocketAddr) {
    let url = format!("http://{address}/{ACCOUNT}/{CONTAINER}?restype=container&{GRANT}");
    let made = reqwest::Client::new().put(url).header("content-length", "0").send().await.expect("an answer");
    assert!(made.status().is_success(), "{}", made.text().await.unwrap_or_default());
}

fn spawn(address: SocketAddr) -> Child {
    let mut command = shared::program("node");
    command.arg(tools().join("azurite/node_modules/azurite/dist/src/blob/main.js"));
    command.args(["--silent", "--disableTelemetry", "--inMemoryPersistence"]);
    command.arg("--blobHost").arg(address.ip().to_string()).arg("--blobPort").arg(address.port().to_string());
    shared::spawn(command).expect("Node, which `cargo xtask test` brings")
}
