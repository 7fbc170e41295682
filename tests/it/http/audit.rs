//! The example with a record of what happens to files, and figures for Prometheus.

use filekit_tests::{Server, Site, UploadDir, Visitor, follow, instance, next_event, until};

/// The rows of the record: what, which file, how many bytes.
async fn rows(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    let rows = visitor.page().named("tr");
    let cells = |row: &&filekit_tests::Element| row.named("td").into_iter().map(|cell| cell.text()).collect::<Vec<_>>();
    let rows = rows.iter().map(cells).filter(|cells| cells.len() == 5);
    rows.map(|cells| cells[1..4].join(" ")).collect()
}

/// Waits until the record begins with these rows, the newest first: it is written by a task.
async fn see(visitor: &mut Visitor, newest: &[&str]) {
    let what = format!("the record begins with {newest:?}");
    until(&what, async || {
        rows(visitor).await.starts_with(&newest.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_record_says_who_did_what_with_which_file() {
    let files = UploadDir::new();
    let server = Server::start_audit(&files).await;
    let (mut ann, ben) = (server.visitor().await, server.visitor().await);
    let mut ben_sees = follow(&Site::Address(server.address()), &ben, "/", &instance(&ben)).await;
    ben_sees.read_until(":\n\n").await;

    ann.upload("papers", [("notes.txt", "12345")]).await;
    see(&mut ann, &["stored notes.txt 5", "sent notes.txt 5"]).await;
    let event = next_event(&mut ben_sees).await.to_string();
    assert!(event.contains("notes.txt"), "the open page of another visitor follows: {event}");
    assert!(ann.page().text().contains("127.0.0.1 · "), "{}", ann.page().text());

    let link = ann.page().href("notes.txt").to_owned();
    assert_eq!(ann.get(&link).await.text(), "12345");
    see(&mut ann, &["served notes.txt 5"]).await;
    ann.upload("papers", [("program.exe", b"MZ\x90\x00\x03")]).await;
    see(&mut ann, &["refused upload.type-not-accepted program.exe "]).await;
    ann.click("Fail on purpose").await;
    see(&mut ann, &["refused event.refused  ", "call-failed fail: event.refused  "]).await;
    ann.click("Remove").await;
    see(&mut ann, &["removed notes.txt 5"]).await;

    let figures = ann.get("/metrics").await;
    for line in [
        "# TYPE filekit_uploads_total counter",
        "filekit_uploads_total 1",
        "filekit_upload_bytes_total 5",
        "filekit_refusals_total{code=\"upload.type-not-accepted\"} 1",
        "filekit_call_seconds_count{state=\"example_audit::desk::Desk\",event=\"keep\"} 1",
        "filekit_removed_files_total 1",
    ] {
        assert!(figures.text().lines().any(|found| found == line), "{line} is not in {}", figures.text());
    }
}
