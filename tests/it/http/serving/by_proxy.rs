//! Stored files that the proxy in front sends: the other tests of serving once more behind nginx and lighttpd, as the guide configures
//! them, and what is special about it.

use std::os::unix::fs::PermissionsExt as _;

use filekit::prelude::*;
use filekit::serving::ServeByProxy;
use filekit_tests::{Log, TestApp, UploadDir};

use super::{ask, ask_get, page, uploaded};

/// Runs the other tests behind a proxy, each as a test of its own.
macro_rules! again {
    ($name:ident: $proxy:ident, $($module:ident::$test:ident,)+) => {
        mod $name {
            use filekit_tests::{Proxy, sent_by_proxy};

            use crate::http::{download_sources, serving, serving::*};

            $(#[test]
            fn $test() {
                sent_by_proxy(Proxy::$proxy, $module::$test);
            })+
        }
    };
}

// Left out for both: heads of requests that are too long for them, or in which a header stands twice. For lighttpd: paths that are no
// keys, which it makes some of (`folder//inner`), and ranges that are none, which it refuses by itself.

again! {
    nginx: NginxSending,
    serving::a_link_gives_the_bytes_that_were_uploaded,
    serving::a_browser_is_told_to_show_only_what_cannot_run_script,
    serving::markup_under_an_innocent_name_is_never_shown_as_markup,
    serving::a_name_in_any_script_survives_the_way_through_link_and_header,
    serving::a_link_is_a_secret,
    serving::a_file_that_is_gone_is_not_found,
    serving::the_secret_and_the_spool_are_never_served,
    serving::a_link_that_ends_says_when_and_cannot_be_made_to_last,
    serving::a_file_in_folders_of_any_name_is_served,
    serving::what_a_client_says_of_files_of_the_disk_changes_nothing,
    conditions::every_row_of_the_table_is_as_the_standard_says,
    conditions::a_file_that_changed_has_another_tag_whatever_its_date_and_size,
    conditions::a_download_that_goes_on_never_mixes_two_versions,
    conditions::a_download_goes_on_where_the_validator_is_that_of_the_file,
    conditions::a_file_without_a_date_that_http_can_express_is_served,
    headers::a_type_is_judged_and_what_can_run_a_script_is_saved,
    headers::the_digest_of_the_whole_file_is_told_where_it_is_known,
    headers::a_head_has_the_headers_of_a_get,
    headers::a_file_is_kept_by_the_caches_of_those_who_may_have_it,
    headers::a_link_is_private_unless_the_developer_says_otherwise,
    ranges::a_range_has_the_right_bytes_at_every_border,
    ranges::what_the_file_does_not_have_is_refused_with_its_size,
    ranges::an_empty_file_has_no_ranges,
    ranges::several_ranges_come_in_parts_that_say_what_they_are,
    ranges::a_head_is_that_of_the_whole_file,
    download_sources::a_link_answers_with_the_file,
    places::what_is_no_file_of_the_store_is_not_there,
    ranges::what_is_no_range_is_ignored,
}

again! {
    lighttpd: LighttpdSending,
    serving::a_link_gives_the_bytes_that_were_uploaded,
    serving::a_browser_is_told_to_show_only_what_cannot_run_script,
    serving::markup_under_an_innocent_name_is_never_shown_as_markup,
    serving::a_name_in_any_script_survives_the_way_through_link_and_header,
    serving::a_link_is_a_secret,
    serving::a_file_that_is_gone_is_not_found,
    serving::the_secret_and_the_spool_are_never_served,
    serving::a_link_that_ends_says_when_and_cannot_be_made_to_last,
    serving::a_file_in_folders_of_any_name_is_served,
    serving::what_a_client_says_of_files_of_the_disk_changes_nothing,
    conditions::every_row_of_the_table_is_as_the_standard_says,
    conditions::a_file_that_changed_has_another_tag_whatever_its_date_and_size,
    conditions::a_download_that_goes_on_never_mixes_two_versions,
    conditions::a_download_goes_on_where_the_validator_is_that_of_the_file,
    conditions::a_file_without_a_date_that_http_can_express_is_served,
    headers::a_type_is_judged_and_what_can_run_a_script_is_saved,
    headers::the_digest_of_the_whole_file_is_told_where_it_is_known,
    headers::a_head_has_the_headers_of_a_get,
    headers::a_file_is_kept_by_the_caches_of_those_who_may_have_it,
    headers::a_link_is_private_unless_the_developer_says_otherwise,
    ranges::a_range_has_the_right_bytes_at_every_border,
    ranges::what_the_file_does_not_have_is_refused_with_its_size,
    ranges::an_empty_file_has_no_ranges,
    ranges::several_ranges_come_in_parts_that_say_what_they_are,
    ranges::a_head_is_that_of_the_whole_file,
    download_sources::a_link_answers_with_the_file,
}

/// An app whose files a proxy would send.
fn app(proxy: &ServeByProxy, files: &[(&str, &[u8])]) -> TestApp {
    let pages = Router::new().route("/", get(page));
    let app = TestApp::with(pages, |kit| kit.public_uploads(true).serve_by_proxy(proxy.clone()));
    for (name, bytes) in files {
        std::fs::write(app.files().path().join(name), bytes).expect("a writable folder");
    }
    app
}

fn nginx() -> ServeByProxy {
    ServeByProxy::XAccelRedirect("/internal/".to_owned())
}

#[tokio::test]
async fn the_proxy_is_told_the_file_and_gets_no_bytes() {
    let app = app(&nginx(), &[("写真 50%?.txt", b"hello")]);
    let path = "/_upload/%E5%86%99%E7%9C%9F%2050%25%3F.txt";
    for headers in [&[][..], &[("range", "bytes=1-2")], &[("x-accel-redirect", "/internal/other")]] {
        let reply = ask_get(&app, path, headers).await;
        assert_eq!((reply.status().as_u16(), reply.text()), (200, ""), "{headers:?}");
        assert_eq!(reply.header("x-accel-redirect"), "/internal/%E5%86%99%E7%9C%9F%2050%25%3F.txt");
        assert_eq!(reply.header("content-length"), "0");
        assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
        assert_ne!(reply.header("etag"), "");
    }
    let app = self::app(&ServeByProxy::XSendfile, &[("a b.txt", b"hello")]);
    let reply = ask_get(&app, "/_upload/a%20b.txt", &[]).await;
    let root = app.files().path();
    assert_eq!(reply.header("x-sendfile"), format!("{}/a%20b.txt", root.display()));
    assert_eq!((reply.header("x-accel-redirect"), reply.text()), ("", ""));
}

#[tokio::test]
async fn what_a_proxy_would_judge_in_another_way_is_answered_by_the_program() {
    for proxy in [nginx(), ServeByProxy::XSendfile] {
        let app = app(&proxy, &[("a.txt", b"0123456789")]);
        let tag = ask_get(&app, "/_upload/a.txt", &[]).await.header("etag").to_owned();
        for (headers, status) in [
            (&[("if-none-match", &*tag)][..], 304),
            (&[("if-match", "\"other\"")], 412),
            (&[("range", "bytes=10-")], 416),
            (&[("if-match", &tag)], 200),
            (&[("if-unmodified-since", "Fri, 01 Jan 2100 00:00:00 GMT")], 200),
            (&[("range", "bytes=0-1,4-5")], 206),
            (&[("range", "bytes=1-0")], 200),
            (&[("range", "bytes=4-5"), ("if-range", &tag)], 206),
            (&[("range", "bytes=4-5"), ("if-range", "\"other\"")], 200),
        ] {
            let reply = ask_get(&app, "/_upload/a.txt", headers).await;
            assert_eq!(reply.status(), status, "{headers:?}");
            assert_eq!(reply.bytes().is_empty(), status >= 300, "{headers:?}");
            assert_eq!(reply.header("x-accel-redirect").len() + reply.header("x-sendfile").len(), 0, "{headers:?}");
        }
        let head = ask(&app, axum::http::Method::HEAD, "/_upload/a.txt", &[]).await;
        assert_eq!((head.header("content-length"), head.header("x-accel-redirect")), ("10", ""));
    }
}

#[tokio::test]
async fn the_group_may_read_new_files_and_nobody_else() {
    for (app, mode) in [(app(&nginx(), &[]), 0o640), (super::app(), 0o600)] {
        let mut visitor = app.visitor().await;
        uploaded(&mut visitor, "small.txt", b"hello").await;
        uploaded(&mut visitor, "large.txt", &[b'a'; 200_000]).await;
        visitor.upload("other", [("replaced", "hello")]).await;
        let replaced = app.files().path().join("replaced.bin");
        for path in [app.files().path_of("small.txt"), app.files().path_of("large.txt"), replaced] {
            let metadata = std::fs::metadata(&path).expect("it was stored");
            assert_eq!(metadata.permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn what_the_proxy_needs_is_said_at_the_start() {
    let log = Log::record();
    let app = app(&nginx(), &[]);
    let needs = format!("`location /internal/ {{ internal; alias {}/; .. }}`", app.files().path().display());
    assert!(log.text().contains(&needs), "{}", log.text());
    let app = self::app(&ServeByProxy::XSendfile, &[]);
    let needs = format!("unless it allows `X-Sendfile` from {}", app.files().path().display());
    assert!(log.text().contains(&needs), "{}", log.text());
}

#[tokio::test]
async fn a_location_that_is_none_is_refused_at_the_start() {
    let files = UploadDir::new();
    for wrong in ["internal", "/internal", "/in ternal/", "/../", ""] {
        let proxy = ServeByProxy::XAccelRedirect(wrong.to_owned());
        let built = FileKit::builder().upload_dir(files.path()).serve_by_proxy(proxy).build();
        let error = built.expect_err("it is refused").to_string();
        assert!(error.contains(&format!("{wrong:?}")) && error.contains("like `/internal/`"), "{error}");
    }
}
