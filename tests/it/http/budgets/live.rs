//! Documents that follow their visitors' states: a client with many sessions has no end of them.

use axum::http::StatusCode;
use filekit::Budgets;
use filekit::prelude::*;
use filekit_tests::{Site, TestApp, Visitor, follow, in_time, instance, live_request, until};

#[state]
#[derive(Default)]
struct Board {
    text: String,
}

async fn page(board: Current<Board>) -> View {
    view![text(&board.text)]
}

#[tokio::test]
async fn no_more_documents_follow_than_the_server_has_places_for() {
    let budgets = Budgets::new().live_connections(3);
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.budgets(budgets));
    let site = Site::Address(app.listen_bare().await);
    let mut following = Vec::new();
    for _ in 0..3 {
        let visitor = Visitor::at(site.clone(), "/").await;
        following.push(follow(&site, &visitor, "/", &instance(&visitor)).await);
    }
    let mut late = app.visitor().await;
    let request = live_request(&late, "/", &instance(&late));
    let reply = in_time("an answer that ends", late.send(request)).await;
    assert_eq!((reply.status(), reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "server.busy".to_owned()));
    assert_eq!(reply.header("retry-after"), "2");
    assert_eq!(late.get("/").await.status(), StatusCode::OK, "its page is there");
    following.pop();
    until("that a place is free", async || {
        let visitor = Visitor::at(site.clone(), "/").await;
        let mut request = live_request(&visitor, "/", &instance(&visitor));
        *request.method_mut() = axum::http::Method::HEAD;
        let reply = visitor.try_send(request).await?;
        reply.status().is_success().then_some(())
    })
    .await;
}
