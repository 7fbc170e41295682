//! Each way in which a file can be sent leads through the check.

use axum::http::StatusCode;
use filekit_tests::{BOUNDARY, Entries, Reply, TestApp, Visitor};

use super::{NOT_CHECKED, REFUSED, app, assert_nothing_kept, assert_refused};

const BAD: (&str, &[u8]) = ("b.txt", b"a virus");

/// Sends a file in two requests, the second of which brings its end.
async fn in_parts(visitor: &mut Visitor, (name, content): (&str, &[u8])) -> (String, Reply) {
    let upload = visitor.begin_upload("files", &[(name, content)]).await;
    let first = visitor.part(&upload, 0, false, content[..2].to_vec());
    assert_eq!(visitor.send(first).await.status(), StatusCode::NO_CONTENT);
    let second = visitor.part(&upload, 2, true, content[2..].to_vec());
    (upload, visitor.send(second).await)
}

#[tokio::test]
async fn a_plan_with_its_bytes_behind_it() {
    let app = app();
    let mut visitor = app.visitor().await;
    let request = visitor.plan_with_bytes(&visitor.plan("files", &[BAD]), BAD.1);
    let reply = visitor.send(request).await;
    assert_refused(&app, &reply, REFUSED);
    let request = visitor.plan_with_bytes(&visitor.plan("files", &[("a.txt", b"good")]), b"good");
    assert_eq!(visitor.send(request).await.status(), StatusCode::OK);
    assert_eq!(app.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn an_upload_that_comes_in_parts() {
    let app = app();
    let mut visitor = app.visitor().await;
    let (upload, reply) = in_parts(&mut visitor, BAD).await;
    assert_refused(&app, &reply, REFUSED);
    assert_eq!(reply.json()["error"]["file"], "b.txt");
    // Who lost the answer is told the same.
    let again = visitor.part(&upload, BAD.1.len(), true, "");
    let again = visitor.send(again).await;
    assert_eq!((again.status(), again.text()), (reply.status(), reply.text()));
    let (_, reply) = in_parts(&mut visitor, ("c.txt", b"a riddle")).await;
    assert_refused(&app, &reply, NOT_CHECKED);
    let (_, reply) = in_parts(&mut visitor, ("a.txt", b"good")).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    assert_eq!(app.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn a_form_without_scripts_says_why_in_its_page() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.submit("Take", Entries::new().file("files", BAD.0, BAD.1)).await;
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY, "{}", reply.text());
    assert!(reply.text().contains("“b.txt” is not accepted: It holds a &lt;virus&gt;."), "{}", reply.text());
    assert_nothing_kept(&app);
    visitor.submit_and_follow("Take", Entries::new().file("files", "a.txt", "good")).await;
    assert_eq!(app.stored_names(), ["a.txt"]);
}

/// The URL that other programs send files to.
fn endpoint(visitor: &Visitor) -> String {
    visitor.page().named("code")[0].text()
}

async fn send(app: &TestApp, method: &str, url: &str, fields: &[(&str, &str)], body: &[u8]) -> Reply {
    let mut request = axum::http::Request::builder().method(method).uri(url).header("host", "filekit.test");
    for (name, value) in [fields, &[("content-length", &*body.len().to_string())]].concat() {
        request = request.header(name, value);
    }
    app.stranger().send(request.body(body.to_vec().into()).expect("a request")).await
}

#[tokio::test]
async fn tus() {
    let app = app();
    let visitor = app.visitor().await;
    let version = ("tus-resumable", "1.0.0");
    let create = async |name: &str, length: usize| {
        let fields = [version, ("upload-metadata", name), ("upload-length", &*length.to_string())];
        let reply = send(&app, "POST", &endpoint(&visitor), &fields, b"").await;
        assert_eq!(reply.status(), StatusCode::CREATED, "{}", reply.text());
        reply.header("location").to_owned()
    };
    let append = async |url: &str, bytes: &[u8]| {
        let fields = [version, ("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];
        send(&app, "PATCH", url, &fields, bytes).await
    };
    // `filename b.txt`, then `filename a.txt`.
    let url = create("filename Yi50eHQ=", BAD.1.len()).await;
    let reply = append(&url, BAD.1).await;
    assert_eq!((reply.status().as_u16(), reply.text()), (422, "“b.txt” is not accepted: It holds a <virus>."));
    assert_nothing_kept(&app);
    let asked = send(&app, "HEAD", &url, &[version], b"").await;
    assert!(asked.status().is_client_error(), "nobody takes it for done: {}", asked.status());
    let url = create("filename YS50eHQ=", 4).await;
    assert_eq!(append(&url, b"good").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(app.stored_names(), ["a.txt"]);
}

#[tokio::test]
async fn the_draft_of_the_ietf() {
    let app = app();
    let visitor = app.visitor().await;
    let fields = [
        ("upload-draft-interop-version", "8"),
        ("upload-complete", "?1"),
        ("content-disposition", "attachment; filename=\"b.txt\""),
    ];
    let reply = send(&app, "POST", &endpoint(&visitor), &fields, BAD.1).await;
    assert_refused(&app, &reply, REFUSED);
}

#[tokio::test]
async fn no_file_of_an_endpoints_form_is_taken_where_one_is_refused() {
    let app = app();
    let visitor = app.visitor().await;
    let part = |name: &str, content: &str| {
        let disposition = format!("form-data; name=\"file\"; filename=\"{name}\"");
        format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n{content}\r\n")
    };
    let body = format!("{}{}--{BOUNDARY}--\r\n", part("a.txt", "good"), part("b.txt", "a virus"));
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let reply = send(&app, "POST", &endpoint(&visitor), &[("content-type", &kind)], body.as_bytes()).await;
    assert_refused(&app, &reply, REFUSED);
}
