//! What a program says when it cannot start as it was told to: by which name it was told, why not, and what to do.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt as _;

use filekit::{FileKit, FileKitBuilder};
use filekit_tests::{Server, UploadDir, until};

/// Checks what the example says when it is started with these variables.
async fn assert_says(variables: &[(&str, &str)], said: &str) {
    let files = UploadDir::new();
    let error = Server::refusing_to_start(&files, variables).await;
    assert_eq!(error.trim_end(), format!("Error: {said}"), "{variables:?}");
}

#[tokio::test]
async fn an_address_that_cannot_be_listened_on_is_told_with_its_variable_and_what_to_do() {
    for address in ["3000", "127.0.0.1", "localhost:http", "127.0.0.1:99999"] {
        let said = format!(
            "`FILEKIT_ADDR` is `{address}`, which is no address: write host and port, like `127.0.0.1:3000` for this machine \
             alone, or `0.0.0.0:3000` for others, too"
        );
        assert_says(&[("FILEKIT_ADDR", address)], &said).await;
    }
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    let said = format!(
        "`{address}` is taken: stop the program that listens there, or choose another port, like \
         `FILEKIT_ADDR=127.0.0.1:{}`",
        address.port() + 1
    );
    assert_says(&[("FILEKIT_ADDR", &address.to_string())], &said).await;
    // An address for documentation (RFC 5737), which no machine has.
    let said = "`192.0.2.1:3000` is no address of this machine: `FILEKIT_ADDR=0.0.0.0:3000` listens on all that it has";
    assert_says(&[("FILEKIT_ADDR", "192.0.2.1:3000")], said).await;
    let files = UploadDir::new();
    let error = Server::refusing_to_start(&files, &[("FILEKIT_ADDR", "no-such-name.invalid:3000")]).await;
    assert!(error.starts_with("Error: cannot listen on `no-such-name.invalid:3000`, "), "{error}");
    assert!(error.trim_end().ends_with(": choose another address by `FILEKIT_ADDR`"), "{error}");
}

#[tokio::test]
async fn a_secret_that_is_too_short_is_told_with_its_variable_and_what_to_do() {
    let said = "the secret in `FILEKIT_SECRET` has 6 bytes, and has to have 16 at least: give it what `openssl rand -hex 32` \
                writes, or leave it out, and one is made and kept in the upload directory";
    assert_says(&[("FILEKIT_SECRET", "secret")], said).await;
}

#[tokio::test]
async fn names_and_networks_that_are_none_are_told_with_their_variable_and_what_to_do() {
    let said = "`https://a.test/` in `FILEKIT_HOSTS` is no host name: write names alone, like `files.example.org`, \
                `*.example.org` or `files.example.org:8443`, with commas between them";
    assert_says(&[("FILEKIT_HOSTS", "b.test, https://a.test/")], said).await;
    let said = "`proxy` in `FILEKIT_TRUSTED_PROXIES` is no address or network: write them like `10.0.0.0/8` or `::1`, with \
                commas between them";
    assert_says(&[("FILEKIT_TRUSTED_PROXIES", "::1, proxy")], said).await;
    for name in ["FILEKIT_HTTPS", "FILEKIT_DEVELOPMENT"] {
        assert_says(&[(name, "yes")], &format!("`{name}` is `yes`, and should be `true` or `false`")).await;
    }
}

#[tokio::test]
async fn a_path_that_is_none_is_told_with_its_variable_and_what_to_do() {
    let said = "`FILEKIT_BASE_PATH` is `https://a.test/files`, which is no path: write what a proxy takes away from the front \
                of URLs, like `/files`";
    assert_says(&[("FILEKIT_BASE_PATH", "https://a.test/files")], said).await;
}

#[tokio::test]
async fn a_variable_that_is_empty_or_no_text_is_not_taken_for_one_that_is_not_there() {
    for name in ["FILEKIT_ADDR", "FILEKIT_HOSTS", "FILEKIT_TRUSTED_PROXIES", "FILEKIT_HTTPS", "FILEKIT_DEVELOPMENT"] {
        assert_says(&[(name, "")], &format!("`{name}` is empty: give it a value, or leave it out")).await;
        let files = UploadDir::new();
        let error = Server::refusing_to_start(&files, &[(name, OsStr::from_bytes(b"a\xff"))]).await;
        assert_eq!(error.trim_end(), format!("Error: `{name}` is no UTF-8"));
    }
}

#[tokio::test]
async fn folders_that_cannot_be_used_are_told_with_their_variable_and_what_to_do() {
    let files = UploadDir::new();
    let gone = files.path().join("gone");
    let error = Server::refusing_to_start(&files, &[("FILEKIT_ASSETS_DIR", &gone)]).await;
    let said = format!(
        "Error: `FILEKIT_ASSETS_DIR` names what cannot be opened, {}: No such file or directory (os error 2): make that \
         folder, name another, or leave the variable empty to serve none",
        gone.display()
    );
    assert_eq!(error.trim_end(), said);
    let error = Server::refusing_to_start(&files, &[("FILEKIT_ASSETS_DIR", files.path())]).await;
    let cure = "choose another folder by `FILEKIT_UPLOADED_FILES_DIR` or `FILEKIT_ASSETS_DIR`";
    assert!(error.contains("what visitors upload would be trusted") && error.contains(cure), "{error}");

    let file = files.path().join("file");
    fs::write(&file, "no folder").expect("a file");
    let error = Server::refusing_to_start(&files, &[("FILEKIT_UPLOADED_FILES_DIR", &file)]).await;
    let begin = format!("Error: the upload directory cannot be used, {}", file.display());
    let cure = ": let this user write there, or choose another by `FILEKIT_UPLOADED_FILES_DIR` or `upload_dir(..)`";
    assert!(error.starts_with(&begin) && error.trim_end().ends_with(cure), "{error}");
}

#[test]
fn what_the_program_itself_has_chosen_is_told_by_the_name_of_the_method() {
    let files = UploadDir::new();
    let error = |choose: fn(FileKitBuilder) -> FileKitBuilder| {
        let built = choose(FileKit::builder().upload_dir(files.path())).build();
        built.expect_err("it cannot be").to_string()
    };
    for (error, words) in [
        (error(|kit| kit.secret("short")), ["`secret(..)` has 5 bytes", "openssl rand"]),
        (error(|kit| kit.secrets([""; 0])), ["`secrets(..)` was given none", "leave it out"]),
        (error(|kit| kit.hosts(["a b"])), ["`a b` in `hosts(..)` is no host name", "`files.example.org`"]),
        (error(|kit| kit.trusted_proxies(["a"])), ["`a` in `trusted_proxies(..)` is no", "`10.0.0.0/8`"]),
        (error(|kit| kit.base_path("a b")), ["`base_path(..)` is `a b`, which is no path", "`/files`"]),
        (error(|kit| kit.assets("/nowhere")), ["`assets(..)` names what cannot be opened, /nowhere", "`no_assets()`"]),
    ] {
        assert!(words.iter().all(|words| error.contains(words)), "{words:?}: {error}");
        assert!(!error.contains("FILEKIT_") && !error.contains("commas"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_everybody_reaches_says_why_its_names_should_be_said_and_how() {
    let files = UploadDir::new();
    let server = Server::start_again(Server::upload(), &files, ([0, 0, 0, 0], 0).into()).await;
    for words in ["WARN", "(DNS rebinding)", "`FILEKIT_HOSTS=files.example.org`", "hosts([\"files.example.org\"])"] {
        until(words, async || server.log().contains(words).then_some(())).await;
    }
}

#[tokio::test]
async fn a_choice_of_log_levels_that_is_none_is_told() {
    let files = UploadDir::new();
    let server = Server::start_with(&files, &[("RUST_LOG", "filekit=loud")]).await;
    let told = |log: String| log.contains("`RUST_LOG` is `filekit=loud`, and stands for `info`").then_some(());
    until("the log tells", async || told(server.log())).await;
    assert!(server.log().contains(": write levels like `info,filekit=debug`"), "{}", server.log());
}
