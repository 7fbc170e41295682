//! What programs ask that watch a server.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use filekit::prelude::*;
use filekit::state_store::RedisStates;
use filekit_tests::{RedisProgram, RedisServer, Server, TestApp, UploadDir, patterned, until};
use serde_json::{Value, json};

async fn ask(app: &TestApp, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).header("host", "10.0.0.7:3000").body(Body::empty()).expect("a request");
    let reply = app.stranger().send(request).await;
    (reply.status(), reply.json())
}

fn pages() -> Router {
    Router::new().route("/", get(async || "a page"))
}

#[tokio::test]
async fn a_server_that_can_do_its_work_says_so_under_any_name() {
    let app = TestApp::with(pages(), |builder| builder.hosts(["files.example.org"]));
    assert_eq!(ask(&app, "/_filekit/health").await, (StatusCode::OK, json!({ "healthy": true })));
    assert_eq!(ask(&app, "/_filekit/ready").await, (StatusCode::OK, json!({ "ready": true, "problems": [] })));
    app.kit().end_live();
    let stopping = json!({ "ready": false, "problems": ["stopping"] });
    assert_eq!(ask(&app, "/_filekit/ready").await, (StatusCode::SERVICE_UNAVAILABLE, stopping));
    assert_eq!(ask(&app, "/_filekit/health").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_server_whose_disk_has_no_more_than_is_to_be_kept_free_is_not_ready() {
    let keeping = |bytes| TestApp::with(pages(), |builder| builder.quota(Quota::new().keep_free(bytes)));
    assert_eq!(ask(&keeping(1), "/_filekit/ready").await.0, StatusCode::OK);
    let problems = json!({ "ready": false, "problems": ["disk"] });
    assert_eq!(ask(&keeping(1 << 60), "/_filekit/ready").await, (StatusCode::SERVICE_UNAVAILABLE, problems));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_store_of_states_is_away_is_not_ready_until_it_is_back() {
    let mut redis = RedisServer::start(RedisProgram::Redis).await;
    let states = RedisStates::connect(&redis.url()).await.expect("a Redis");
    let app = TestApp::with(pages(), |builder| builder.state_store(states.clone()));
    assert_eq!(ask(&app, "/_filekit/ready").await.0, StatusCode::OK);
    redis.kill();
    let problems = json!({ "ready": false, "problems": ["states"] });
    until("it is not ready", async || (ask(&app, "/_filekit/ready").await.1 == problems).then_some(())).await;
    assert_eq!(ask(&app, "/_filekit/health").await.0, StatusCode::OK);
    redis.start_again().await;
    until("it is ready", async || ask(&app, "/_filekit/ready").await.0.is_success().then_some(())).await;
}

#[tokio::test]
async fn a_server_whose_disk_is_full_is_not_ready() {
    let files = UploadDir::new();
    let server = Server::start_on_small_disk(&files, 8).await;
    let disk = server.seen(&files.path());
    let mut visitor = server.visitor().await;
    assert_eq!(visitor.get("/_filekit/ready").await.json()["problems"], json!([]));
    // Everything that is left.
    let mut chunk = patterned(1 << 20);
    for nth in 0.. {
        match std::fs::write(disk.join(format!("filler-{nth}")), &chunk) {
            Ok(()) => {}
            Err(_) if chunk.len() > 1 => chunk.truncate(chunk.len() / 2),
            Err(_) => break,
        }
    }
    until("it is not ready", async || {
        (visitor.get("/_filekit/ready").await.json()["problems"] == json!(["disk"])).then_some(())
    })
    .await;
}
