#!/bin/sh
# A bucket of S3 may have keys such as `a//b`, and `folder/` for an empty folder. The crate object_store 0.14.2 refuses every page of a list
# that has a key of the first kind, so it lists no file of that page; other files can still be read. A key of the second kind is told as
# `folder`, an object of 0 bytes, and there is none of that name: the same client does not find it.
#
# moto 5.2.1, which stands for S3 here, lists both keys to a plain request.
#
# Installs into a temporary folder, talks to 127.0.0.1 only. Exits with 0 while the programs behave so.
set -eu
work=$(mktemp -d)
server=
trap 'test -z "$server" || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.2.1' 'werkzeug==3.1.3'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python/bin/moto_server -H 127.0.0.1 -p "$port" >server.log 2>&1 &
server=$!

mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "keys"
version = "0.0.0"
edition = "2021"

[dependencies]
futures-util = "0.3"
object_store = { version = "=0.14.2", default-features = false, features = ["aws-base", "reqwest", "ring"] }
reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring"] }
tokio = { version = "1", features = ["macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectStore as _, ObjectStoreExt as _};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let endpoint = std::env::args().nth(1).unwrap();
    let plain = reqwest::Client::new();
    while plain.put(format!("{endpoint}/bucket")).send().await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let put = |key: &str, content: &'static str| {
        let request = plain.put(format!("{endpoint}/bucket/{key}")).body(content);
        async move { request.send().await.unwrap().error_for_status().unwrap() }
    };
    put("a.txt", "text").await;
    put("folder/", "").await;
    let builder = AmazonS3Builder::new().with_endpoint(&endpoint).with_allow_http(true).with_region("us-east-1");
    let builder = builder.with_bucket_name("bucket").with_access_key_id("key").with_secret_access_key("secret");
    let store = builder.build().unwrap();
    let list = || store.list(None).map_ok(|object| (object.location.to_string(), object.size)).try_collect::<Vec<_>>();

    let listed = list().await.unwrap();
    println!("object_store lists {listed:?} of `a.txt` and `folder/`");
    assert_eq!(listed, [("a.txt".to_owned(), 4), ("folder".to_owned(), 0)]);
    let found = store.head(&Path::from("folder")).await.unwrap_err();
    println!("and of `folder` it says: {}", found.to_string().lines().next().unwrap());
    assert!(matches!(found, object_store::Error::NotFound { .. }));

    put("a//b.txt", "text").await;
    let error = list().await.unwrap_err();
    println!("with `a//b.txt` beside them it says: {error}");
    assert!(matches!(error, object_store::Error::InvalidPath { .. }));
    let read = store.get(&Path::from("a.txt")).await.unwrap().bytes().await.unwrap();
    println!("`a.txt` can still be read: {} bytes", read.len());
    let page = plain.get(format!("{endpoint}/bucket?list-type=2")).send().await.unwrap().text().await.unwrap();
    let keys: Vec<&str> = page.split("<Key>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    println!("a plain request lists {keys:?}");
    assert_eq!(keys, ["a.txt", "a//b.txt", "folder/"]);
}
RUST
cargo run --quiet -- "http://127.0.0.1:$port"
