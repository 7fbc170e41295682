//! Files of many kinds, through a real browser: what arrives on the disk and through the link is what was sent.

use filekit_tests::{PDF, PNG, Samples, patterned};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{Example, UPLOADED};

const BIG: usize = 100 * 1024 * 1024;

#[tokio::test]
async fn every_kind_of_file_arrives_unchanged() {
    let example = Example::start().await;
    let Example { browser, files, .. } = &example;
    let samples = Samples::new();
    let contents: [(&str, Vec<u8>); 6] = [
        ("notes.txt", b"one\r\ntwo\n".to_vec()),
        ("picture.png", PNG.to_vec()),
        ("paper.pdf", PDF.to_vec()),
        ("empty.txt", Vec::new()),
        ("big.bin", patterned(BIG)),
        ("日本語の 写真 #1 100%?.txt", "こんにちは".into()),
    ];
    let paths: Vec<_> = contents.iter().map(|(name, bytes)| samples.file(name, bytes)).collect();
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    example.choose(&paths).await;
    browser.click("Upload Files").await;
    let names = contents.each_ref().map(|(name, _)| *name);
    browser.see_texts(UPLOADED, &names).await;

    let script = "return Array.from(document.querySelectorAll(arguments[0]), link => link.href)";
    let links = browser.run(script, &[json!(UPLOADED)]).await;
    for ((name, bytes), link) in contents.iter().zip(links.as_array().expect("a list")) {
        assert!(files.stored(name) == *bytes, "{name} has other bytes on the disk");
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let fetched = browser.fetch(link.as_str().expect("a URL")).await;
        assert_eq!(fetched, (bytes.len() as u64, hash), "{name} has other bytes behind its link");
    }
    assert!(files.spool_is_empty());
    assert_eq!(browser.complaints().await, [""; 0]);
}
