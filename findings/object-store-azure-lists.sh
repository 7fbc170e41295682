#!/bin/sh
# Lists that the crate object_store 0.14.2 reads page by page (`PaginatedListStore::list_paginated`) differ from store to store.
#
# - With a prefix that is the whole name of a blob, its client of Azure leaves that blob out, and tells those whose names are longer. With a
#   shorter prefix it tells it. So `report` cannot be found by its own name.
# - With an offset, the same client says `startFrom`. Azurite 3.34.0 takes no notice of that: the list begins at its beginning, with no error.
#
# Installs into a temporary folder, talks to 127.0.0.1 only. The account and its key are those that Azurite has for all. Exits with 0
# while the programs behave so.
set -eu
work=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund azurite@3.34.0 >/dev/null 2>&1
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
node node_modules/azurite/dist/src/blob/main.js --silent --disableTelemetry --inMemoryPersistence --blobHost 127.0.0.1 --blobPort "$port" >server.log 2>&1 &
server=$!

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "lists"
version = "0.0.0"
edition = "2021"

[dependencies]
base64 = "0.22"
hmac = "0.12"
object_store = { version = "=0.14.2", default-features = false, features = ["azure-base", "reqwest", "ring"] }
reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring"] }
sha2 = "0.10"
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::Mac as _;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::list::{PaginatedListOptions, PaginatedListStore as _};
use object_store::path::Path;
use object_store::ObjectStoreExt as _;

const ACCOUNT: &str = "devstoreaccount1";
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Makes a container, by a grant of the account, since the crate makes none.
async fn make_container(endpoint: &str) {
    let said = format!("{ACCOUNT}\nc\nb\nc\n\n2100-01-01T00:00:00Z\n\n\n2019-12-12\n");
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&BASE64_STANDARD.decode(KEY).unwrap()).unwrap();
    mac.update(said.as_bytes());
    let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
    let signature = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let url = format!("{endpoint}/box?restype=container&sv=2019-12-12&ss=b&srt=c&sp=c&se=2100-01-01T00%3A00%3A00Z&sig={signature}");
    let client = reqwest::Client::new();
    for _ in 0..300 {
        if let Ok(answer) = client.put(&url).header("content-length", "0").send().await {
            answer.error_for_status().unwrap();
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("Azurite does not answer");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let endpoint = format!("{}/{ACCOUNT}", std::env::args().nth(1).unwrap());
    make_container(&endpoint).await;
    let builder = MicrosoftAzureBuilder::new().with_account(ACCOUNT).with_access_key(KEY).with_container_name("box");
    let store = builder.with_allow_http(true).with_endpoint(endpoint).build().unwrap();
    for name in ["report", "report.txt", "summary"] {
        store.put(&Path::from(name), "text".into()).await.unwrap();
    }
    let list = async |prefix: &str, offset: Option<&str>| {
        let options = PaginatedListOptions { offset: offset.map(str::to_owned), ..Default::default() };
        let page = store.list_paginated(Some(prefix), options).await.unwrap();
        page.result.objects.into_iter().map(|object| object.location.to_string()).collect::<Vec<_>>()
    };

    let (shorter, whole) = (list("repor", None).await, list("report", None).await);
    println!("with the prefix `repor` object_store lists {shorter:?}, with `report` {whole:?}");
    assert_eq!(shorter, ["report", "report.txt"]);
    assert_eq!(whole, ["report.txt"]);

    let behind = list("", Some("report.txt")).await;
    println!("behind `report.txt` it lists {behind:?} page by page");
    assert_eq!(behind, ["report", "report.txt", "summary"]);
}
RUST
cargo run --quiet -- "http://127.0.0.1:$port"
