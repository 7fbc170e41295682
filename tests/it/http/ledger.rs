//! The example whose rows are in a database: pages follow a topic, whoever notifies it.

use axum::http::StatusCode;
use filekit_tests::{Server, Site, UploadDir, Visitor, follow, instance, next_event};

/// Files a claim with a receipt, as the form does.
async fn file(visitor: &mut Visitor, title: &str, amount: u32, receipt: &str) {
    let entries = filekit_tests::Entries::new().text("title", title).text("amount", &amount.to_string());
    let entries = entries.file("receipt", receipt, b"%PDF-1.7\n");
    visitor.submit_and_follow("File the claim", entries).await;
}

#[tokio::test]
async fn what_one_files_is_on_the_open_page_of_the_other() {
    let files = UploadDir::new();
    let server = Server::start_ledger(&files).await;
    let (mut ann, ben) = (server.visitor().await, server.visitor().await);
    let mut ben_sees = follow(&Site::Address(server.address()), &ben, "/", &instance(&ben)).await;
    ben_sees.read_until(":\n\n").await;
    file(&mut ann, "Train to Lyon", 120, "ticket.pdf").await;
    assert!(ann.page().text().contains("Train to Lyon, 120 €"), "{}", ann.page().text());
    let event = next_event(&mut ben_sees).await.to_string();
    assert!(event.contains("Train to Lyon") && event.contains("ticket.pdf"), "{event}");
    assert_eq!(files.stored_names(), ["ticket.pdf"]);
    ann.click("Withdraw").await;
    assert_eq!(files.stored_names(), [""; 0]);
    let event = next_event(&mut ben_sees).await.to_string();
    assert!(event.contains("Total: 0 €") || !event.contains("Train to Lyon"), "{event}");
}

#[tokio::test]
async fn claims_and_their_receipts_are_there_after_a_restart() {
    let files = UploadDir::new();
    let server = Server::start_ledger(&files).await;
    file(&mut server.visitor().await, "Taxi", 20, "taxi.pdf").await;
    server.kill().await;
    let server = Server::start_ledger(&files).await;
    let mut visitor = server.visitor().await;
    assert_eq!(visitor.page().links(), ["taxi.pdf"]);
    let receipt = visitor.page().named("a")[0].attribute("href").expect("a link").to_owned();
    let reply = visitor.get(&receipt).await;
    assert_eq!((reply.status(), reply.text()), (StatusCode::OK, "%PDF-1.7\n"));
}
