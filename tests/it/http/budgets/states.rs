//! States in memory: a later visitor drives out no earlier one, and one who holds much is refused first.

use axum::http::StatusCode;
use filekit::Budgets;
use filekit::prelude::*;
use filekit_tests::{Log, Reply, TestApp, Visitor};
use serde_json::json;

#[state]
#[derive(Default)]
struct Notes {
    text: String,
}

#[state]
impl Notes {
    #[event]
    fn write(&mut self, text: String) {
        self.text = text;
    }

    #[event]
    fn fill(&mut self, bytes: usize) {
        self.text = "x".repeat(bytes);
    }
}

/// Another state of the same session.
#[state]
#[derive(Default)]
struct Drafts {
    text: String,
}

#[state]
impl Drafts {
    #[event]
    fn draft(&mut self, bytes: usize) {
        self.text = "x".repeat(bytes);
    }
}

async fn page(notes: Current<Notes>, drafts: Current<Drafts>) -> View {
    let shown: String = notes.text.chars().take(20).collect();
    view![
        p(shown),
        p(drafts.text.len()),
        button(on_click = Notes::write(value_of("text")), "Write"),
        button(on_click = Notes::fill(value_of("bytes")), "Fill"),
        button(on_click = Drafts::draft(value_of("bytes")), "Draft"),
    ]
}

fn pages() -> Router {
    Router::new().route("/", get(page))
}

async fn fill(visitor: &mut Visitor, bytes: usize) -> Reply {
    visitor.click_with("Fill", &[("bytes", json!(bytes))]).await
}

/// What the page shows of the visitor's notes and drafts.
async fn shown(visitor: &mut Visitor) -> [String; 2] {
    visitor.open("/").await;
    [0, 1].map(|nth| visitor.page().named("p")[nth].text())
}

fn assert_full(reply: &Reply) {
    assert_eq!((reply.status(), reply.code()), (StatusCode::INSUFFICIENT_STORAGE, "state.full".to_owned()));
    assert!(reply.message().contains("no room"), "{}", reply.message());
}

#[tokio::test]
async fn a_client_with_many_sessions_drives_out_no_other_visitor() {
    let log = Log::record();
    let app = TestApp::new(pages());
    let mut victim = app.visitor().await;
    victim.click_with("Write", &[("text", json!("precious"))]).await;
    let mut refused = 0;
    for _ in 0..40 {
        let reply = fill(&mut app.visitor().await, 7 << 20).await;
        if reply.status() != StatusCode::OK {
            assert_full(&reply);
            refused += 1;
        }
    }
    assert!((20..30).contains(&refused), "{refused} of 40 states of 7 MiB were refused, which count twice");
    assert_eq!(shown(&mut victim).await[0], "precious");
    // One who comes now finds room for as much as people type, and so does one who was here before.
    for visitor in [&mut app.visitor().await, &mut victim] {
        let reply = visitor.click_with("Write", &[("text", json!("more".repeat(10_000)))]).await;
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    }
    let told = log.text().lines().filter(|line| line.contains("states in memory are full")).count();
    assert_eq!(told, 1, "{}", log.text());
}

#[tokio::test]
async fn who_was_here_before_takes_the_place_of_those_who_came_later_and_hold_more() {
    let app = TestApp::with(pages(), |kit| kit.budgets(Budgets::new().state_bytes(2_000_000)));
    let mut earlier = app.visitor().await;
    fill(&mut earlier, 1_000).await;
    let mut later = Vec::new();
    for bytes in [10_000, 150_000, 160_000, 170_000, 200_000] {
        let mut visitor = app.visitor().await;
        assert_eq!(fill(&mut visitor, bytes).await.status(), StatusCode::OK, "{bytes}");
        later.push(visitor);
    }
    assert_full(&fill(&mut app.visitor().await, 160_000).await);
    assert_eq!(fill(&mut earlier, 165_000).await.status(), StatusCode::OK);
    let mut left = Vec::new();
    for visitor in &mut later {
        left.push(shown(visitor).await[0].len());
    }
    assert_eq!(left, [20, 20, 20, 20, 0], "the largest went, and no more than had to");
    assert_full(&fill(&mut later[0], 180_000).await);
    assert_eq!(shown(&mut earlier).await[0].len(), 20);
}

#[tokio::test]
async fn all_states_of_a_session_have_one_bound() {
    let app = TestApp::with(pages(), |kit| kit.budgets(Budgets::new().session_bytes(200_000)));
    let mut visitor = app.visitor().await;
    assert_full(&fill(&mut visitor, 100_000).await);
    fill(&mut visitor, 60_000).await;
    assert_full(&visitor.click_with("Draft", &[("bytes", json!(60_000))]).await);
    assert_eq!(shown(&mut visitor).await[1], "0", "nothing of it was kept");
    fill(&mut visitor, 10).await;
    let reply = visitor.click_with("Draft", &[("bytes", json!(60_000))]).await;
    assert_eq!(reply.status(), StatusCode::OK, "there is room again: {}", reply.text());
}

#[tokio::test]
async fn a_state_may_shrink_when_all_is_full() {
    let app = TestApp::with(pages(), |kit| kit.budgets(Budgets::new().state_bytes(200_000)));
    let mut visitors = Vec::new();
    for bytes in [40_000, 20_000, 10_000] {
        let mut visitor = app.visitor().await;
        assert_eq!(fill(&mut visitor, bytes).await.status(), StatusCode::OK, "{bytes}");
        visitors.push(visitor);
    }
    assert_full(&fill(&mut visitors[2], 30_000).await);
    for bytes in [39_000, 10_000] {
        assert_eq!(fill(&mut visitors[0], bytes).await.status(), StatusCode::OK, "{bytes}");
    }
    assert_eq!(fill(&mut visitors[2], 30_000).await.status(), StatusCode::OK, "there is room again");
}
