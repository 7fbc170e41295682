//! What the uploads of one visitor may come to, also where their length is not said at first.

use filekit_tests::{Connection, TestApp, Visitor, in_time, until};

use super::raw::{Answer, Client, MORE, NAMED, PART, VERSIONS};
use super::{app, endpoint, inbox, noted};

/// The largest file; two of them are all that a visitor may have.
const LARGEST: u64 = 4 << 30;

struct Fixture {
    app: TestApp,
    visitor: Visitor,
    client: Client,
    endpoint: String,
}

impl Fixture {
    async fn new() -> Self {
        let app = app();
        let visitor = app.visitor().await;
        let client = Client { address: app.listen_bare().await, version: VERSIONS[2] };
        Self { endpoint: endpoint(&visitor, "any"), app, visitor, client }
    }

    /// Begins an upload of the largest size.
    async fn large(&self) -> String {
        self.client.create(&self.endpoint, &format!("Upload-Length: {LARGEST}\r\n")).await
    }

    /// Sends something to an upload with a request that stalls then.
    async fn stall(&self, url: &str) -> Connection {
        let mut connection = Connection::open(self.client.address).await;
        let head = format!(
            "PATCH {url} HTTP/1.1\r\nHost: a.test\r\n{}{PART}{MORE}Upload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n",
            self.client.version
        );
        connection.send(&[head.as_bytes(), &[7; 300_000]].concat()).await;
        let (_, id) = url.split_once("&upload=").expect("an id");
        until("bytes on the disk", async || {
            self.app.files().spooled().iter().any(|name| name.ends_with(&format!("{id}/0"))).then_some(())
        })
        .await;
        connection
    }
}

#[tokio::test]
async fn an_upload_whose_length_is_not_known_takes_the_room_of_what_has_come() {
    let mut test = Fixture::new().await;
    let (first, second) = (test.large().await, test.large().await);
    let unknown = test.client.create(&test.endpoint, "").await;
    assert_eq!(test.client.head(&first).await.status, 204, "nothing of it has come yet");
    test.client.append(&unknown, 0, MORE, b"hello").await.assert(204, "?0", "5");
    // As for any other, the one made room that has waited longest.
    let statuses = [test.client.head(&first).await.status, test.client.head(&second).await.status];
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 1, "{statuses:?}");
    let last = test.client.append(&unknown, 5, super::raw::LAST, b"").await;
    last.assert(200, "?1", "5");
    assert_eq!(inbox(&mut test.visitor).await, [noted("a.bin", b"hello")]);
}

#[tokio::test]
async fn where_there_is_no_room_bytes_of_unknown_number_are_refused_and_may_come_later() {
    let mut test = Fixture::new().await;
    let (first, second) = (test.large().await, test.large().await);
    let unknown = test.client.create(&test.endpoint, "").await;
    let stalled = [test.stall(&first).await, test.stall(&second).await];
    for _ in 0..2 {
        let refused = test.client.append(&unknown, 0, MORE, b"hello").await;
        assert_eq!((refused.status, &refused.problem()["code"]), (429, &"upload.too-many-unfinished".into()));
        // One that begins with its bytes is no other.
        let refused = test.client.send("POST", &test.endpoint, &format!("{NAMED}{MORE}"), b"hello").await;
        assert_eq!(refused.status, 429, "{refused:?}");
    }
    let told = test.client.append(&unknown, 0, &format!("{MORE}Upload-Length: 5\r\n"), b"hello").await;
    assert_eq!(told.status, 429, "{told:?}");
    test.client.head(&unknown).await.assert(204, "?0", "0");
    drop(stalled);
    let answer = until("the others have stopped", async || {
        let answer: Answer = in_time("an answer", test.client.append(&unknown, 0, super::raw::LAST, b"hello")).await;
        (answer.status != 429).then_some(answer)
    });
    answer.await.assert(200, "?1", "5");
    assert_eq!(inbox(&mut test.visitor).await, [noted("a.bin", b"hello")]);
}
