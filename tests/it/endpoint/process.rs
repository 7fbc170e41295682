//! What only a server of its own can show, in `examples/inbox`: interim answers, and what is there after it was killed.

use std::path::PathBuf;

use filekit_tests::{Connection, Server, UploadDir, Visitor, in_time, patterned, until};

use super::raw::{Answer, Client, LAST, MORE, NAMED, PART, VERSIONS};

const LENGTH: usize = 200_000;
const TUS: &str = "Tus-Resumable: 1.0.0\r\n";

/// The inbox as a server, with a visitor on its page.
struct Desk {
    files: UploadDir,
    server: Server,
    visitor: Visitor,
    endpoint: String,
}

impl Desk {
    async fn new() -> Self {
        let files = UploadDir::new();
        let server = Server::start_inbox(&files).await;
        let visitor = server.visitor().await;
        let elements = visitor.page().named("code");
        let form = elements.iter().find(|code| code.attribute("id") == Some("form")).expect("a command").text();
        let (_, url) = form.split_once(&server.address().to_string()).expect("the address");
        let endpoint = url.trim_end_matches('\'').to_owned();
        Self { files, server, visitor, endpoint }
    }

    /// A client that says so in each request.
    fn client(&self, version: &'static str) -> Client {
        Client { address: self.server.address(), version }
    }

    /// Kills the server, and starts it again.
    async fn kill(self) -> Self {
        let address = self.server.address();
        self.server.kill().await;
        let server = Server::start_again(Server::inbox(), &self.files, address).await;
        Self { visitor: self.visitor.moved_to(server.site()), server, ..self }
    }

    /// Where the bytes of the one upload are.
    fn partial_file(&self) -> Option<PathBuf> {
        let name = self.files.spooled().into_iter().find(|name| name.ends_with("/0"))?;
        Some(self.files.path().join(".filekit").join(name))
    }

    /// The size of the one upload, when this has been reached.
    async fn arrived(&self, size: usize) {
        let size = size as u64;
        until("the bytes are on the disk", async || {
            (std::fs::metadata(self.partial_file()?).ok()?.len() >= size).then_some(())
        })
        .await;
    }

    /// Checks that so many files are stored, all of this content, and how many of them are on the page.
    async fn assert_received(&mut self, stored: usize, content: &[u8], listed: usize) {
        let keys = self.files.stored_keys();
        assert_eq!(keys.len(), stored, "{keys:?}");
        for key in keys {
            assert!(std::fs::read(self.files.path().join(&key)).expect("a file") == content, "{key}");
        }
        self.visitor.open("/").await;
        assert_eq!(self.visitor.page().links().len(), listed);
    }
}

/// The head of a creation with that many bytes behind it, which go to the end.
fn creation(client: Client, url: &str, length: usize) -> String {
    let version = client.version;
    format!("POST {url} HTTP/1.1\r\nHost: {}\r\n{version}{NAMED}{LAST}Content-Length: {length}\r\n\r\n", client.address)
}

#[tokio::test]
async fn a_client_that_still_sends_is_told_where_it_can_go_on() {
    // Upload Creation: 104 with `Location` as soon as there is an upload, and `Upload-Limit`.
    let mut desk = Desk::new().await;
    let content = patterned(LENGTH);
    for version in &VERSIONS[1..] {
        let client = desk.client(version);
        let mut connection = Connection::open(client.address).await;
        connection.send(creation(client, &desk.endpoint, LENGTH).as_bytes()).await;
        let told = in_time("an interim answer", connection.read_until("\r\n\r\n")).await;
        assert!(told.starts_with("HTTP/1.1 104 Upload Resumption Supported\r\n"), "{told:?}");
        // An answer of its own, as far as its reader is concerned.
        let told = Answer::read(&told.replacen("104", "200", 1));
        assert_eq!(told.field("upload-draft-interop-version"), version.trim().rsplit(' ').next().expect("a version"));
        assert!(told.field("upload-limit").starts_with("max-size=4000000000, "), "{told:?}");
        let url = told.location();

        // The line breaks in the middle.
        connection.send(&content[..LENGTH / 2]).await;
        desk.arrived(LENGTH / 4).await;
        drop(connection);
        let asked = client.head(&url).await;
        let offset: usize = asked.field("upload-offset").parse().expect("a number");
        assert!((LENGTH / 4..=LENGTH / 2).contains(&offset), "{asked:?}");
        client.append(&url, offset, LAST, &content[offset..]).await.assert(200, "?1", &LENGTH.to_string());
    }
    desk.assert_received(2, &content, 2).await;
}

#[tokio::test]
async fn the_interim_answer_names_what_the_answer_names() {
    let desk = Desk::new().await;
    for version in &VERSIONS[1..] {
        let client = desk.client(version);
        let mut connection = Connection::open(client.address).await;
        let head =
            creation(client, &desk.endpoint, 5).replace(LAST, MORE).replacen("\r\n", "\r\nConnection: close\r\n", 1);
        connection.send(head.as_bytes()).await;
        let told = in_time("an interim answer", connection.read_until("\r\n\r\n")).await;
        connection.send(b"hello").await;
        let created = Answer::read(&(told + &in_time("an answer", connection.read_to_end()).await));
        created.assert(201, "?0", "5");
        let [told] = created.interim.as_slice() else { panic!("{created:?}") };
        assert_eq!((told.status, told.location()), (104, created.location()));
    }
}

#[tokio::test]
async fn other_clients_are_told_nothing_before_the_answer() {
    let desk = Desk::new().await;
    let of_tus = "Upload-Length: 5\r\nContent-Type: application/offset+octet-stream\r\n";
    for (version, fields) in [
        ("", format!("{NAMED}{MORE}")),
        ("", format!("{NAMED}{LAST}")),
        ("Upload-Draft-Interop-Version: 7\r\n", format!("{NAMED}{LAST}")),
        (TUS, of_tus.to_owned()),
    ] {
        let answer = desk.client(version).send("POST", &desk.endpoint, &fields, b"hello").await;
        assert!(answer.interim.is_empty(), "{fields}: {answer:?}");
    }
    // HTTP/1.0 has none.
    let client = desk.client(VERSIONS[2]);
    let mut connection = Connection::open(client.address).await;
    let head = creation(client, &desk.endpoint, 5).replace("HTTP/1.1", "HTTP/1.0");
    connection.send(format!("{head}hello").as_bytes()).await;
    let answer = in_time("an answer", connection.read_to_end()).await;
    assert!(answer.starts_with("HTTP/1.0 200 "), "{answer}");
}

#[tokio::test]
async fn an_upload_goes_on_after_its_server_was_killed() {
    let desk = Desk::new().await;
    let content = patterned(LENGTH);
    let fields = format!("Upload-Length: {LENGTH}\r\nUpload-Metadata: filename YS5iaW4=\r\n");
    let created = desk.client(TUS).send("POST", &desk.endpoint, &fields, b"").await;
    assert_eq!(created.status, 201, "{created:?}");
    let url = created.location();
    let mut connection = Connection::open(desk.server.address()).await;
    let head = format!(
        "PATCH {url} HTTP/1.1\r\nHost: {}\r\n{TUS}Upload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {LENGTH}\r\n\r\n",
        desk.server.address()
    );
    connection.send(head.as_bytes()).await;
    connection.send(&content[..LENGTH / 2]).await;
    desk.arrived(LENGTH / 4).await;
    let mut desk = desk.kill().await;
    let offset: usize = desk.client(TUS).head(&url).await.field("upload-offset").parse().expect("a number");
    assert!((LENGTH / 4..=LENGTH / 2).contains(&offset), "{offset}");
    let fields = format!("Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n");
    assert_eq!(desk.client(TUS).send("PATCH", &url, &fields, &content[offset..]).await.status, 204);
    desk.assert_received(1, &content, 1).await;
}

#[tokio::test]
async fn who_asks_for_an_upload_that_is_all_there_is_answered_after_its_event() {
    // Of a server that was killed between the last byte and the event. A client of tus asks for the offset, and takes the length for
    // success.
    let mut desk = Desk::new().await;
    let content = patterned(LENGTH);
    for (nth, version) in [TUS, VERSIONS[2]].into_iter().enumerate() {
        let client = desk.client(version);
        let named = if nth == 0 { "Upload-Metadata: filename YS5iaW4=\r\n" } else { NAMED };
        let more = if nth == 0 { "" } else { MORE };
        let created =
            client.send("POST", &desk.endpoint, &format!("{named}{more}Upload-Length: {LENGTH}\r\n"), b"").await;
        assert_eq!(created.status, 201, "{created:?}");
        let part = if nth == 0 { "Content-Type: application/offset+octet-stream\r\n" } else { PART };
        let fields = format!("{part}{more}Upload-Offset: 0\r\n");
        let appended = client.send("PATCH", &created.location(), &fields, &content[..LENGTH / 2]).await;
        assert_eq!(appended.status, 204, "{appended:?}");
        let partial = desk.partial_file().expect("a file");
        desk = desk.kill().await;
        std::fs::write(partial, &content).expect("a file");
        let asked = client.head(&created.location()).await;
        assert_eq!((asked.status / 100, asked.field("upload-offset")), (2, &*LENGTH.to_string()), "{asked:?}");
        // State of the inbox lives as long as its server.
        desk.assert_received(nth + 1, &content, 1).await;
    }
}

#[tokio::test]
async fn an_event_that_a_killed_server_has_begun_does_not_run_again() {
    let desk = Desk::new().await;
    let client = desk.client(VERSIONS[2]);
    let url = client.create(&desk.endpoint, "Upload-Length: 5\r\n").await;
    client.append(&url, 0, MORE, b"hell").await.assert(204, "?0", "4");
    let partial = desk.partial_file().expect("a file");
    let mut desk = desk.kill().await;
    std::fs::write(&partial, b"hello").expect("a file");
    std::fs::write(partial.with_file_name("begun"), b"").expect("a file");
    assert_eq!(client.head(&url).await.status, 409);
    let refused = client.append(&url, 5, LAST, b"").await;
    assert_eq!(
        (refused.status, refused.problem()["code"].as_str()),
        (409, Some("event.outcome-unknown")),
        "{refused:?}"
    );
    desk.assert_received(0, b"", 0).await;
    // It can be given up.
    assert_eq!(client.send("DELETE", &url, "", b"").await.status, 204);
    assert!(desk.files.spool_is_empty(), "{:?}", desk.files.spooled());
}

#[tokio::test]
async fn what_became_of_an_upload_is_known_after_a_restart() {
    let desk = Desk::new().await;
    let client = desk.client(VERSIONS[2]);
    let url = client.create(&desk.endpoint, "Upload-Length: 5\r\n").await;
    let answer = client.append(&url, 0, LAST, b"hello").await;
    answer.assert(200, "?1", "5");
    let mut desk = desk.kill().await;
    client.head(&url).await.assert(204, "?1", "5");
    let again = client.append(&url, 5, LAST, b"").await;
    again.assert(200, "?1", "5");
    assert_eq!(again.body, answer.body);
    desk.assert_received(1, b"hello", 0).await;
}

#[tokio::test]
async fn the_command_that_the_inbox_shows_sends_a_file() {
    let mut desk = Desk::new().await;
    let folder = UploadDir::new();
    std::fs::create_dir_all(folder.path()).expect("a folder");
    let paper = b"%PDF-1.7\n%%EOF\n";
    std::fs::write(folder.path().join("paper.pdf"), paper).expect("a file");
    let elements = desk.visitor.page().named("code");
    let command = elements.first().expect("a command").text();
    let mut shell = tokio::process::Command::new("sh");
    shell.args(["-c", &command]).current_dir(folder.path()).kill_on_drop(true);
    let output = in_time("that curl ends", shell.output()).await.expect("a shell");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(desk.files.stored_names(), ["paper.pdf"]);
    desk.assert_received(1, paper, 1).await;
}
