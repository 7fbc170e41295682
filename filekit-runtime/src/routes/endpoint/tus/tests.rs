//! What tus 1.0.0 asks of an endpoint, without a server.

use super::*;

const HELLO: &str = "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=";

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let fields = fields.iter().chain(&[(RESUMABLE, VERSION)]);
    fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn to_endpoint(fields: &[(&str, &str)]) -> Result<Creation, EndpointRefusal> {
    match read(&Method::POST, &headers(fields), false)? {
        EndpointRequest::Create(creation) => Ok(creation),
        other => panic!("{other:?}"),
    }
}

fn to_upload(fields: &[(&str, &str)]) -> Result<Append, EndpointRefusal> {
    match read(&Method::PATCH, &headers(fields), true)? {
        EndpointRequest::Append(append) => Ok(append),
        other => panic!("{other:?}"),
    }
}

fn is_malformed<T>(read: Result<T, EndpointRefusal>) -> bool {
    matches!(read, Err(EndpointRefusal::Malformed(_)))
}

#[test]
fn an_upload_begins_with_a_length_or_without() {
    let begun = to_endpoint(&[(LENGTH, "12"), (METADATA, "filename YS50eHQ=")]).unwrap();
    assert_eq!((begun.length, begun.file.name.as_deref(), begun.content), (Some(12), Some("a.txt"), None));
    assert_eq!(to_endpoint(&[(DEFER_LENGTH, "1"), (CONTENT_LENGTH.as_str(), "0")]).unwrap(), Creation::default());
    for fields in [
        &[][..],
        &[(LENGTH, "12"), (DEFER_LENGTH, "1")],
        &[(DEFER_LENGTH, "0")],
        &[(LENGTH, "-1")],
        &[(LENGTH, "+1")],
        &[(LENGTH, "1.5")],
        &[(LENGTH, "")],
        &[(LENGTH, "99999999999999999999")],
        &[(LENGTH, "1"), (LENGTH, "2")],
        &[(LENGTH, "1"), (METADATA, "filename !")],
    ] {
        assert!(is_malformed(to_endpoint(fields)), "{fields:?}");
    }
}

#[test]
fn the_first_bytes_may_come_at_once() {
    let kind = (CONTENT_TYPE.as_str(), MEDIA_TYPE);
    let begun = to_endpoint(&[(LENGTH, "12"), (CONTENT_LENGTH.as_str(), "5"), kind, (CHECKSUM, HELLO)]).unwrap();
    let content = begun.content.unwrap();
    assert_eq!(content.digest.unwrap().algorithm, Algorithm::Sha1);
    assert!(to_endpoint(&[(LENGTH, "12"), (TRANSFER_ENCODING.as_str(), "chunked"), kind]).unwrap().content.is_some());
    let refused = to_endpoint(&[(LENGTH, "12"), (CONTENT_LENGTH.as_str(), "5")]);
    assert!(matches!(refused, Err(EndpointRefusal::WrongMediaType(_))));
}

#[test]
fn bytes_are_added_where_the_others_end() {
    let kind = (CONTENT_TYPE.as_str(), MEDIA_TYPE);
    let added = to_upload(&[kind, (OFFSET, "70"), (LENGTH, "100")]).unwrap();
    assert_eq!((added.offset, added.length), (70, Some(100)));
    assert!(is_malformed(to_upload(&[kind])));
    assert!(is_malformed(to_upload(&[kind, (OFFSET, "x")])));
    assert!(is_malformed(to_upload(&[kind, (OFFSET, "1"), (CHECKSUM, "sha1")])));
    assert!(is_malformed(to_upload(&[kind, (OFFSET, "1"), (CHECKSUM, "sha1 !")])));
    let unknown = to_upload(&[kind, (OFFSET, "1"), (CHECKSUM, "md5 XUFAKrxLKna5cZ2REBfFkg==")]);
    assert!(matches!(unknown, Err(EndpointRefusal::UnknownDigest)));
    let wrong = to_upload(&[(CONTENT_TYPE.as_str(), "application/octet-stream"), (OFFSET, "1")]);
    assert!(matches!(wrong, Err(EndpointRefusal::WrongMediaType(_))));
}

#[test]
fn uploads_are_put_together_by_their_urls() {
    let partial = to_endpoint(&[(LENGTH, "5"), (CONCAT, "partial")]).unwrap();
    assert_eq!(partial.concatenation, Concatenation::Partial);
    let urls = "final;/_filekit/endpoint?token&upload=a http://a.test/_filekit/endpoint?token&upload=b";
    let joined = to_endpoint(&[(CONCAT, urls)]).unwrap();
    let Concatenation::Final { ids, .. } = joined.concatenation else { panic!("{joined:?}") };
    assert_eq!(ids, ["a", "b"]);
    let too_many = format!("final;{}", "/_filekit/endpoint?token&upload=a ".repeat(1_001));
    for text in ["final", "final;", "final;/elsewhere", "final;/_filekit/endpoint?token", "other", "", &too_many] {
        assert!(is_malformed(to_endpoint(&[(CONCAT, text), (LENGTH, "5")])), "{text}");
    }
    let with_bytes = [(CONCAT, urls), (CONTENT_LENGTH.as_str(), "5"), (CONTENT_TYPE.as_str(), MEDIA_TYPE)];
    assert!(is_malformed(to_endpoint(&with_bytes)));
}

#[test]
fn other_requests_are_told_by_their_method() {
    let read = |method: &Method, is_to_upload| read(method, &headers(&[]), is_to_upload);
    assert_eq!(read(&Method::HEAD, true).unwrap(), EndpointRequest::Offset);
    assert_eq!(read(&Method::DELETE, true).unwrap(), EndpointRequest::Discard);
    for (method, is_to_upload) in
        [(Method::GET, false), (Method::DELETE, false), (Method::POST, true), (Method::GET, true)]
    {
        assert!(matches!(read(&method, is_to_upload), Err(EndpointRefusal::WrongMethod(_))), "{method}");
    }
}

#[test]
fn a_method_can_be_named_in_a_field() {
    let named = |name| read(&Method::POST, &headers(&[("x-http-method-override", name)]), true);
    assert_eq!(named("DELETE").unwrap(), EndpointRequest::Discard);
    assert_eq!(named("HEAD").unwrap(), EndpointRequest::Offset);
    assert!(matches!(named("PATCH"), Err(EndpointRefusal::WrongMediaType(_))));
    assert!(is_malformed(named("P A")));
}

#[test]
fn only_this_version_is_spoken() {
    for version in [Some("0.2.2"), Some("1.0"), None] {
        let fields = version.map(|version| (RESUMABLE, version));
        let headers: HeaderMap =
            fields.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        assert!(matches!(read(&Method::HEAD, &headers, true), Err(EndpointRefusal::UnknownVersion)), "{version:?}");
    }
}
