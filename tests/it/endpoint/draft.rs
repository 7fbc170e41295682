//! "Resumable Uploads for HTTP", clause by clause, by a client that writes to the socket itself. Section names are those of
//! draft-ietf-httpbis-resumable-upload-12 and later; what version 6 says otherwise is behind them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use filekit_tests::{TestApp, Visitor};
use sha2::{Digest as _, Sha256};

use super::raw::{Client, LAST, MORE, NAMED, PART, VERSIONS};
use super::{app, app_with, endpoint, inbox, noted};

/// An app, a visitor of it, and a client of each version with the URL of an endpoint.
async fn start(app: &TestApp) -> (Visitor, Vec<Client>, String) {
    let address = app.listen_bare().await;
    let visitor = app.visitor().await;
    let url = endpoint(&visitor, "any");
    (visitor, VERSIONS.map(|version| Client { address, version }).to_vec(), url)
}

#[tokio::test]
async fn limits_are_told_before_anything_is_sent() {
    // Limits: `Accept-Patch` and `Upload-Limit` in the answer to `OPTIONS`.
    let (visitor, clients, url) = start(&app()).await;
    for client in clients {
        let told = client.send("OPTIONS", &url, "", b"").await;
        assert_eq!((told.status, told.field("accept-patch")), (204, "application/partial-upload"), "{told:?}");
        assert_eq!(told.field("upload-limit"), "max-size=4294967296");
        let papers = client.send("OPTIONS", &endpoint(&visitor, "papers-only"), "", b"").await;
        assert_eq!(papers.field("upload-limit"), "max-size=20000000");
    }
}

#[tokio::test]
async fn a_whole_file_in_one_request_is_answered_by_the_event() {
    // Upload Creation: with `?1` and the content processed, no upload resource is needed and the application answers.
    let (mut visitor, clients, url) = start(&app()).await;
    for (nth, client) in clients.into_iter().enumerate() {
        for method in ["POST", "PUT"] {
            let answer = client.send(method, &url, &format!("{NAMED}{LAST}Upload-Length: 5\r\n"), b"hello").await;
            answer.assert(200, "?1", "5");
            assert!(answer.body.contains("a.bin is here"), "{answer:?}");
        }
        assert_eq!(inbox(&mut visitor).await.len(), 2 * (nth + 1));
    }
    assert_eq!(inbox(&mut visitor).await[0], noted("a.bin", b"hello"));
}

#[tokio::test]
async fn an_empty_representation_is_one() {
    // Upload Creation: `?1` with empty content intends to upload an empty representation.
    let (mut visitor, clients, url) = start(&app()).await;
    clients[2].send("POST", &url, &format!("{NAMED}{LAST}"), b"").await.assert(200, "?1", "0");
    let url = clients[2].create(&url, "").await;
    clients[2].append(&url, 0, LAST, b"").await.assert(200, "?1", "0");
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b""), noted("a.bin", b"")]);
}

#[tokio::test]
async fn an_upload_is_created_asked_for_and_appended_to() {
    let (mut visitor, clients, endpoint) = start(&app()).await;
    for client in clients {
        // Upload Creation: 201, `Location`, `Upload-Limit`.
        let created = client.send("POST", &endpoint, &format!("{NAMED}{MORE}Upload-Length: 12\r\n"), b"one,").await;
        created.assert(201, "?0", "4");
        let url = created.location();
        let age = if client.is_old() { "expires" } else { "max-age" };
        let (limits, seconds) = created.field("upload-limit").rsplit_once('=').expect("limits");
        assert_eq!(limits, format!("max-size=4294967296, {age}"));
        assert!((86_340..=86_400).contains(&seconds.parse::<u64>().expect("seconds")), "{created:?}");

        // Offset Retrieval: offset, completeness, length if it was told, limits, no caching.
        for method in ["HEAD", "GET"] {
            let asked = client.send(method, &url, "", b"").await;
            asked.assert(204, "?0", "4");
            assert_eq!(
                [asked.field("upload-length"), asked.field("cache-control"), &asked.body],
                ["12", "no-store", ""]
            );
            assert!(asked.field("upload-limit").starts_with("max-size="), "{asked:?}");
        }

        // Upload Append: more is to come.
        let status = if client.is_old() { 201 } else { 204 };
        client.append(&url, 4, MORE, b"two,").await.assert(status, "?0", "8");
        // Upload Append: the last bytes are answered by the event, and the answer says so.
        let answer = client.append(&url, 8, LAST, b"last").await;
        answer.assert(200, "?1", "12");
        assert!(answer.body.contains("a.bin is here"), "{answer:?}");
        assert_eq!(inbox(&mut visitor).await.last(), Some(&noted("a.bin", b"one,two,last")));

        // Offset Retrieval: a complete upload says that it is.
        client.head(&url).await.assert(204, "?1", "12");
        // Upload Append: an answer that was lost is given again, and nothing happens twice.
        let again = client.append(&url, 12, LAST, b"").await;
        again.assert(200, "?1", "12");
        assert_eq!(again.body, answer.body);
    }
    assert_eq!(inbox(&mut visitor).await.len(), 3);
}

#[tokio::test]
async fn a_length_that_was_not_told_is_known_at_the_end() {
    // Length: the header field may come with any request; the server need not know it before the end.
    let (mut visitor, clients, url) = start(&app()).await;
    let client = clients[2];
    let url = client.create(&url, "").await;
    assert_eq!(client.head(&url).await.field("upload-length"), "");
    client.append(&url, 0, MORE, b"hello").await.assert(204, "?0", "5");
    client.append(&url, 5, &format!("{MORE}Upload-Length: 10\r\n"), b"").await.assert(204, "?0", "5");
    assert_eq!(client.head(&url).await.field("upload-length"), "10");
    client.append(&url, 5, LAST, b"world").await.assert(200, "?1", "10");
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"helloworld")]);
}

#[tokio::test]
async fn where_the_length_is_reached_the_upload_ends() {
    // tus-js-client 4.3 says `?0` with the last piece of a stream, and with an empty file.
    let (mut visitor, clients, endpoint) = start(&app()).await;
    for client in clients {
        let url = client.create(&endpoint, "Upload-Length: 5\r\n").await;
        client.append(&url, 0, MORE, b"hello").await.assert(200, "?1", "5");
        let whole = client.send("POST", &endpoint, &format!("{NAMED}{MORE}Upload-Length: 5\r\n"), b"whole").await;
        whole.assert(200, "?1", "5");
        client.head(&whole.location()).await.assert(204, "?1", "5");
        client.send("POST", &endpoint, &format!("{NAMED}{MORE}Upload-Length: 0\r\n"), b"").await.assert(200, "?1", "0");
    }
    assert_eq!(inbox(&mut visitor).await.len(), 9);
}

#[tokio::test]
async fn transfer_codings_are_not_counted() {
    // Transfer Codings: the offset counts what is left when they are taken away.
    let (mut visitor, clients, url) = start(&app()).await;
    let chunked = "Transfer-Encoding: chunked\r\n";
    let fields = format!("{NAMED}{MORE}{chunked}");
    let created = clients[2].send_unmeasured("POST", &url, &fields, b"3\r\none\r\n2\r\n, \r\n0\r\n\r\n").await;
    created.assert(201, "?0", "5");
    let fields = format!("{PART}Upload-Offset: 5\r\n{LAST}{chunked}");
    let last = clients[2].send_unmeasured("PATCH", &created.location(), &fields, b"3\r\ntwo\r\n0\r\n\r\n").await;
    last.assert(200, "?1", "8");
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"one, two")]);
}

#[tokio::test]
async fn bytes_at_a_wrong_offset_change_nothing() {
    // Upload Append: 409 with the right offset, `?0`, and the problem type `mismatching-upload-offset`.
    let (mut visitor, clients, endpoint) = start(&app()).await;
    for client in clients {
        let url = client.create(&endpoint, "Upload-Length: 10\r\n").await;
        client.append(&url, 0, MORE, b"hello").await;
        for offset in [0, 4, 6] {
            let refused = client.append(&url, offset, LAST, &b"helloworld"[offset..]).await;
            refused.assert(409, "?0", "5");
            let problem = refused.problem();
            assert_eq!(problem["type"], "https://iana.org/assignments/http-problem-types#mismatching-upload-offset");
            assert_eq!((&problem["expected-offset"], &problem["provided-offset"]), (&5.into(), &offset.into()));
        }
        client.append(&url, 5, LAST, b"world").await.assert(200, "?1", "10");
    }
    assert_eq!(inbox(&mut visitor).await.len(), 3);
}

#[tokio::test]
async fn lengths_that_contradict_each_other_are_refused() {
    // Length: indicators of one request, and of several, must match; problem type `inconsistent-upload-length`.
    let (mut visitor, clients, endpoint) = start(&app()).await;
    let kind = "https://iana.org/assignments/http-problem-types#inconsistent-upload-length";
    for client in clients {
        let twofold = client.send("POST", &endpoint, &format!("{NAMED}{LAST}Upload-Length: 6\r\n"), b"hello").await;
        twofold.assert(400, "?0", "");
        assert_eq!(twofold.problem()["type"], kind);
        let url = client.create(&endpoint, "Upload-Length: 10\r\n").await;
        for (fields, body) in [(format!("{MORE}Upload-Length: 9\r\n"), &b"hello"[..]), (LAST.to_owned(), b"hello")] {
            let refused = client.append(&url, 0, &fields, body).await;
            assert_eq!((refused.status, refused.problem()["type"].as_str()), (400, Some(kind)), "{refused:?}");
        }
        client.append(&url, 0, LAST, b"helloworld").await.assert(200, "?1", "10");
    }
    assert_eq!(inbox(&mut visitor).await.len(), 3);
}

#[tokio::test]
async fn an_upload_that_exceeds_its_length_is_invalid_for_good() {
    // Upload Append: the offset must not exceed the length; the resource is invalid then. `Content-Length` is not relied upon.
    let app = app();
    let (mut visitor, clients, endpoint) = start(&app).await;
    for client in clients {
        let url = client.create(&endpoint, "Upload-Length: 5\r\n").await;
        let fields = format!("{PART}Upload-Offset: 0\r\n{MORE}Transfer-Encoding: chunked\r\n");
        let refused = client.send_unmeasured("PATCH", &url, &fields, b"6\r\nhello!\r\n0\r\n\r\n").await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert_eq!(client.head(&url).await.status, 404);
        // The refusal again, or nothing at all.
        assert!(client.append(&url, 5, LAST, b"").await.status >= 400);
    }
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn nothing_is_appended_to_a_complete_upload() {
    // Upload Append: a complete upload is not modified; bytes behind its end are an inconsistent length.
    let (mut visitor, clients, endpoint) = start(&app()).await;
    for client in clients {
        let url = client.create(&endpoint, "").await;
        client.append(&url, 0, LAST, b"hello").await.assert(200, "?1", "5");
        let refused = client.append(&url, 5, LAST, b"!").await;
        assert_eq!(refused.status, 400, "{refused:?}");
        client.head(&url).await.assert(204, "?1", "5");
    }
    assert_eq!(inbox(&mut visitor).await.len(), 3);
}

#[tokio::test]
async fn an_upload_can_be_cancelled() {
    // Upload Cancellation: 2xx, and the resource is gone.
    let app = app();
    let (mut visitor, clients, endpoint) = start(&app).await;
    for client in clients {
        let url = client.create(&endpoint, "").await;
        client.append(&url, 0, MORE, b"hello").await;
        assert_eq!(client.send("DELETE", &url, "", b"").await.status, 204);
        assert_eq!(client.head(&url).await.status, 404);
        assert_eq!(client.append(&url, 5, LAST, b"").await.status, 404);
    }
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn fields_of_a_wrong_type_count_as_absent() {
    // Offset, Completeness, Length: other values cause the field to be ignored.
    let (_visitor, clients, endpoint) = start(&app()).await;
    let client = clients[2];
    let url = client.create(&endpoint, "Upload-Length: many\r\n").await;
    assert_eq!(client.head(&url).await.field("upload-length"), "");
    for fields in
        ["Upload-Complete: 1\r\n", "Upload-Complete: true\r\n", "Upload-Complete: ?1\r\nUpload-Complete: ?1\r\n", ""]
    {
        assert_eq!(client.append(&url, 0, fields, b"hello").await.status, 400, "{fields}");
    }
    for offset in ["-1", "1.0", "\"0\"", "0, 0"] {
        let refused = client.send("PATCH", &url, &format!("{PART}{MORE}Upload-Offset: {offset}\r\n"), b"hello").await;
        assert_eq!(refused.status, 400, "{offset}");
    }
    // An item may have parameters.
    client.append(&url, 0, "Upload-Complete: ?0;why=\"more\"\r\n", b"hello").await.assert(204, "?0", "5");
}

#[tokio::test]
async fn only_the_media_type_of_pieces_is_a_piece() {
    // Media Type `application/partial-upload`.
    let (_visitor, clients, endpoint) = start(&app()).await;
    let url = clients[2].create(&endpoint, "").await;
    for kind in ["", "Content-Type: application/octet-stream\r\n"] {
        let fields = format!("{kind}Upload-Offset: 0\r\n{MORE}");
        let refused = clients[2].send("PATCH", &url, &fields, b"hello").await;
        assert_eq!((refused.status, refused.field("accept-patch")), (415, "application/partial-upload"), "{refused:?}");
    }
}

#[tokio::test]
async fn files_are_named_by_their_disposition_and_typed_by_their_content() {
    // Upload Creation: `Content-Type` and `Content-Disposition` are those of the representation.
    let (mut visitor, clients, url) = start(&app()).await;
    for (fields, name) in [
        ("Content-Disposition: inline; filename=\"x\"; filename*=UTF-8''%E5%86%99.txt\r\n", "写.txt"),
        ("Content-Disposition: attachment; filename=b.txt\r\n", "b.txt"),
        ("Content-Type: text/plain\r\n", "file.txt"),
        ("", "file"),
    ] {
        clients[2].send("POST", &url, &format!("{fields}{LAST}"), b"hello").await.assert(200, "?1", "5");
        assert_eq!(inbox(&mut visitor).await.pop(), Some(noted(name, b"hello")), "{fields}");
    }
}

#[tokio::test]
async fn content_with_a_wrong_digest_is_not_appended() {
    // Content Digests.
    let (mut visitor, clients, endpoint) = start(&app()).await;
    let client = clients[2];
    let url = client.create(&endpoint, "Upload-Length: 5\r\n").await;
    let digest = format!("Content-Digest: sha-256=:{}:\r\n", STANDARD.encode(Sha256::digest(b"hello")));
    let refused = client.append(&url, 0, &format!("{LAST}{digest}"), b"hallo").await;
    assert_eq!((refused.status, refused.field("upload-complete")), (400, "?0"), "{refused:?}");
    client.head(&url).await.assert(204, "?0", "0");
    client.append(&url, 0, &format!("{LAST}{digest}"), b"hello").await.assert(200, "?1", "5");
    assert_eq!(inbox(&mut visitor).await, [noted("a.bin", b"hello")]);
}

#[tokio::test]
async fn a_refusal_of_the_event_ends_the_upload() {
    // Completeness: `?1` says that the answer comes from the application, also where it is an error.
    let app = app();
    let (mut visitor, clients, endpoint) = start(&app).await;
    for client in clients {
        for (name, status) in [("unwanted.txt", 422), ("broken.txt", 500)] {
            let named = format!("Content-Disposition: inline; filename={name}\r\n");
            let created = client.send("POST", &endpoint, &format!("{named}{MORE}"), b"hello").await;
            let url = created.location();
            let refused = client.append(&url, 5, LAST, b"").await;
            refused.assert(status, "?1", "");
            assert!(!refused.body.contains("secret"), "{refused:?}");
            assert!(client.head(&url).await.status >= 400);
        }
    }
    assert_eq!(inbox(&mut visitor).await, [""; 0]);
    assert!(app.spool_is_empty(), "{:?}", app.files().spooled());
}

#[tokio::test]
async fn what_is_too_large_is_told_the_limit() {
    // Limits: a 413 carries `Upload-Limit`.
    let (visitor, clients, _) = start(&app_with(|kit| kit.max_body(1_000_000))).await;
    for client in clients {
        for (id, length, limit) in [("any", 1_000_001, 1_000_000), ("papers-only", 20_000_001, 1_000_000)] {
            let url = endpoint(&visitor, id);
            let refused = client.send("POST", &url, &format!("{NAMED}{MORE}Upload-Length: {length}\r\n"), b"").await;
            assert_eq!(
                (refused.status, refused.field("upload-limit")),
                (413, &*format!("max-size={limit}")),
                "{refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_upload_that_never_was_is_not_found() {
    let (_visitor, clients, endpoint) = start(&app()).await;
    for client in clients {
        for id in ["", "x", "../secret", "0000000000000000000000"] {
            let url = format!("{endpoint}&upload={id}");
            assert_eq!(client.head(&url).await.status, 404, "{id}");
            assert_eq!(client.append(&url, 0, LAST, b"x").await.status, 404, "{id}");
        }
    }
}

#[tokio::test]
async fn a_client_of_another_version_sends_files_as_a_whole() {
    // 104 is sent only where the interop version is the same; and 100 is sent where it is asked for.
    let (_visitor, clients, url) = start(&app()).await;
    // What URLSession of iOS 17 says.
    let early = Client { version: "Upload-Draft-Interop-Version: 3\r\n", ..clients[0] };
    let answer = early.send("POST", &url, &format!("{NAMED}Upload-Incomplete: ?0\r\n"), b"hello").await;
    assert_eq!((answer.status, answer.interim.len()), (200, 0), "{answer:?}");
    let client = Client { version: "Upload-Draft-Interop-Version: 5\r\n", ..clients[0] };
    for client in [client, clients[0]] {
        let answer = client.send("POST", &url, &format!("{NAMED}{LAST}"), b"hello").await;
        assert_eq!((answer.status, answer.interim.len()), (200, 0), "{answer:?}");
    }
    let refused = client.send("POST", &url, &format!("{NAMED}{MORE}"), b"hello").await;
    assert_eq!((refused.status, refused.field("upload-draft-interop-version")), (400, "8"), "{refused:?}");
    for client in clients {
        let answer = client.send("POST", &url, &format!("{NAMED}{LAST}Expect: 100-continue\r\n"), b"hello").await;
        assert!(answer.interim.iter().any(|answer| answer.status == 100), "{answer:?}");
    }
}

#[tokio::test]
async fn version_6_wants_no_offset_where_nothing_is_sent() {
    let (_visitor, clients, endpoint) = start(&app()).await;
    let [_, six, eight] = clients[..] else { unreachable!("three versions") };
    let url = six.create(&endpoint, "").await;
    for method in ["HEAD", "DELETE"] {
        for field in ["Upload-Offset: 0\r\n", MORE] {
            assert_eq!(six.send(method, &url, field, b"").await.status, 400, "{method} {field}");
        }
    }
    // Without `Upload-Complete` more is to come, as in its own example.
    six.append(&url, 0, "", b"hello").await.assert(201, "?0", "5");
    assert_eq!(eight.append(&url, 5, "", b"hello").await.status, 400);
    assert_eq!(eight.send("DELETE", &url, "Upload-Offset: 5\r\n", b"").await.status, 204);
    assert_eq!(six.send("DELETE", &url, "", b"").await.status, 404, "version 6 says so of what is not there");
}
