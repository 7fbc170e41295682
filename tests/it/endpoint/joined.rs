//! Files that are put together from several uploads (tus 1.0.0, "Concatenation"): requests for one file that meet, and what servers
//! leave that stop in between.

use std::path::PathBuf;

use filekit_tests::{Reply, TestApp, Visitor, in_time, patterned, until};
use futures_util::future::join_all;
use sha2::{Digest as _, Sha256};

use super::{Sender, app, assert_status, endpoint, inbox, noted};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const BYTES: (&str, &str) = ("content-type", "application/offset+octet-stream");
const UPLOAD: &str = "&upload=";

/// More than a server takes at once.
const LARGE: usize = 12 << 20;

/// A client that puts files together.
struct Client {
    app: TestApp,
    visitor: Visitor,
    sender: Sender,
    endpoint: String,
}

impl Client {
    async fn new() -> Self {
        let app = app();
        let visitor = app.visitor().await;
        Self { sender: Sender::new(&app), endpoint: endpoint(&visitor, "any"), app, visitor }
    }

    /// Sends a piece of a file, and returns its URL.
    async fn piece(&self, content: &[u8]) -> String {
        let length = content.len().to_string();
        let fields = [TUS, BYTES, ("upload-concat", "partial"), ("upload-length", &*length)];
        let sent = self.sender.send("POST", &self.endpoint, &fields, content.to_vec()).await;
        assert_status(&sent, 201);
        sent.header("location").to_owned()
    }

    /// Asks for the file of these pieces.
    fn join(&self, pieces: &[&String]) -> impl Future<Output = Reply> + Send + 'static {
        let (sender, endpoint) = (self.sender.clone(), self.endpoint.clone());
        let list = pieces.iter().map(|url| url.as_str()).collect::<Vec<_>>().join(" ");
        async move {
            let list = format!("final;{list}");
            let fields = [TUS, ("upload-metadata", "filename YS5iaW4="), ("upload-concat", &*list)];
            sender.send("POST", &endpoint, &fields, "").await
        }
    }

    /// The URL of the file of these pieces. The same pieces in the same order are the same file.
    fn file(&self, pieces: &[&String]) -> String {
        let ids: Vec<u8> = pieces.iter().flat_map(|url| u128::to_be_bytes(number(url))).collect();
        let mut id = [0; 16];
        id.copy_from_slice(&Sha256::digest(ids)[..16]);
        id[12..].copy_from_slice(&u128::to_be_bytes(number(pieces[0]))[12..]);
        format!("{}{UPLOAD}{:032x}", self.endpoint, u128::from_be_bytes(id))
    }

    /// Where an upload is on the disk.
    fn folder(&self, url: &str) -> PathBuf {
        let partial = self.app.files().path().join(".filekit/partial");
        let owner = std::fs::read_dir(partial).expect("a folder").next().expect("an owner").expect("a folder").path();
        owner.join(id(url))
    }

    /// Waits until an upload is there.
    async fn begun(&self, url: &str) {
        let plan = self.folder(url).join("plan");
        until("the upload is there", async || plan.exists().then_some(())).await;
    }
}

fn id(url: &str) -> &str {
    url.split_once(UPLOAD).expect("the URL of an upload").1
}

fn number(url: &str) -> u128 {
    u128::from_str_radix(id(url), 16).expect("an id")
}

#[tokio::test]
async fn what_a_killed_server_left_under_the_name_of_a_file_is_none_of_it() {
    let mut client = Client::new().await;
    let (one, two) = (client.piece(b"one, ").await, client.piece(b"two").await);
    let folder = client.folder(&client.file(&[&one, &two]));
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("0"), "left").expect("a file");
    let made = client.join(&[&one, &two]).await;
    assert_status(&made, 201);
    assert_eq!(made.header("location"), client.file(&[&one, &two]));
    assert_eq!(inbox(&mut client.visitor).await, [noted("a.bin", b"one, two")]);
}

#[tokio::test]
async fn requests_for_one_file_do_not_wait_for_each_other() {
    let mut client = Client::new().await;
    let content = patterned(LARGE);
    let (one, two) = (client.piece(&content).await, client.piece(&content).await);
    // While another file is made of the pieces, two requests wait for them.
    let many = [&one, &two].repeat(8);
    let other = client.file(&many);
    let making_other = tokio::spawn(client.join(&many));
    client.begun(&other).await;
    let first = tokio::spawn(client.join(&[&one, &two]));
    let second = tokio::spawn(client.join(&[&one, &two]));
    tokio::task::yield_now().await;
    client.sender.send("HEAD", &other, &[TUS], "").await;
    // One of them makes the file, the other one still waits, and a third comes.
    client.begun(&client.file(&[&one, &two])).await;
    let third = tokio::spawn(client.join(&[&one, &two]));
    let answers = in_time("all answers", join_all([first, second, third, making_other])).await;
    let statuses: Vec<_> = answers.into_iter().map(|reply| reply.expect("an answer").status().as_u16()).collect();
    assert!(statuses.contains(&201) && statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    assert_eq!(inbox(&mut client.visitor).await, [noted("a.bin", &content.repeat(2))]);
}

#[tokio::test]
async fn a_file_that_is_being_put_together_takes_no_bytes() {
    let mut client = Client::new().await;
    let content = patterned(LARGE);
    let (one, two) = (client.piece(&content).await, client.piece(b"two").await);
    let pieces = [vec![&one; 8], vec![&two]].concat();
    let file = client.file(&pieces);
    let making = tokio::spawn(client.join(&pieces));
    client.begun(&file).await;
    for offset in ["0", "1048576"] {
        let fields = [TUS, BYTES, ("upload-offset", offset)];
        assert_status(&client.sender.send("PATCH", &file, &fields, "not these").await, 403);
    }
    let head = client.sender.send("HEAD", &file, &[TUS], "").await;
    assert_status(&head, 200);
    assert!(!head.headers().contains_key("upload-offset"), "{:?}", head.headers());
    making.await.expect("an answer");
    assert_status(&client.join(&pieces).await, 201);
    assert_eq!(inbox(&mut client.visitor).await, [noted("a.bin", &[&content.repeat(8)[..], b"two"].concat())]);
}
