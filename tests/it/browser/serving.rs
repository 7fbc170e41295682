//! Stored files in a real browser: what it runs, shows and saves of them, and how it goes on with a download that broke.

use std::{
    fs, io,
    sync::{Arc, Mutex},
};

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderName,
        header::{CONTENT_LENGTH, IF_RANGE, RANGE},
    },
    middleware::{Next, from_fn},
    response::Response,
};
use bytes::Bytes;
use filekit::prelude::*;
use filekit_tests::{Browser, PNG, Samples, TestApp, patterned, until};
use futures_util::{StreamExt as _, stream};
use serde_json::json;

/// What a script does that runs: in the page's origin all of it, in an origin of its own the first.
pub(super) const SCRIPT: &str =
    "document.title = 'ran'; document.cookie = 'ran=yes; path=/'; localStorage.setItem('ran', 'yes');";

async fn page() -> View {
    view![heading("A page")]
}

/// An app that serves uploaded files by their plain names, and the same files as its own.
struct Site {
    _app: TestApp,
    browser: Browser,
    url: String,
    _own: Samples,
}

impl Site {
    async fn with(files: &[(&str, Vec<u8>)]) -> Self {
        let own = Samples::new();
        let folder = own.file("start", "").parent().expect("a folder").to_owned();
        let pages = Router::new().route("/", get(page));
        let app = TestApp::with(pages, |kit| kit.public_uploads(true).assets(&folder));
        for (name, content) in files {
            fs::write(app.files().path().join(name), content).expect("a writable folder");
            own.file(name, content);
        }
        let url = format!("http://{}", app.listen().await);
        let browser = Browser::start().await;
        browser.open(&url).await;
        Self { _app: app, browser, url, _own: own }
    }

    async fn has_run(&self) -> bool {
        has_run(&self.browser, &self.url).await
    }
}

/// Whether a script has run at this site since the last time this was asked. Goes to its start page for that.
pub(super) async fn has_run(browser: &Browser, url: &str) -> bool {
    browser.open(&format!("{url}/")).await;
    let script = "const ran = document.cookie.includes('ran') || localStorage.getItem('ran') !== null;
        document.cookie = 'ran=; path=/; max-age=0'; localStorage.clear(); return ran";
    browser.run(script, &[]).await == json!(true)
}

#[tokio::test]
async fn no_script_of_an_uploaded_file_runs() {
    let html = format!("<!doctype html><script>{SCRIPT}</script><p>markup");
    let svg =
        format!("<svg xmlns='http://www.w3.org/2000/svg'><script>{SCRIPT}</script><text y='20'>markup</text></svg>");
    let xhtml = format!("<html xmlns='http://www.w3.org/1999/xhtml'><script>{SCRIPT}</script><p>markup</p></html>");
    let xml = format!("<?xml version='1.0'?>{xhtml}");
    let saved = [
        ("a.html", &html),
        ("a.htm", &html),
        ("a.svg", &svg),
        ("a.xhtml", &xhtml),
        ("a.xml", &xml),
        ("a.bin", &html),
        ("picture.png", &html),
        ("noextension", &html),
        ("a.foo", &html),
    ];
    let shown = [("a.txt", &html), ("svg.txt", &svg)];
    let script = ("a.js", &SCRIPT.to_owned());
    let files: Vec<_> =
        saved.iter().chain(&shown).chain([&script]).map(|(name, text)| (*name, text.as_bytes().to_vec())).collect();
    let site = Site::with(&files).await;
    let Site { browser, url, .. } = &site;

    // The same files run where they are the developer's own, or what is seen below would mean nothing.
    for name in ["a.html", "a.svg", "a.xhtml", "a.xml"] {
        browser.open(&format!("{url}/{name}")).await;
        assert!(site.has_run().await, "{name} runs as the developer's own");
    }

    for (name, content) in saved {
        browser.run("location.href = arguments[0]", &[json!(format!("{url}/_upload/{name}"))]).await;
        assert_eq!(browser.downloaded(name).await, content.as_bytes(), "{name} is saved");
        assert!(!site.has_run().await, "{name} ran");
    }
    for (name, content) in shown {
        browser.open(&format!("{url}/_upload/{name}")).await;
        assert_eq!(browser.text().await, *content, "{name} is shown as text");
        assert_ne!(browser.run("return document.title", &[]).await, "ran", "{name}");
        assert!(!site.has_run().await, "{name} ran");
    }

    // Parts of a page are no way either.
    let embed = "const [html, done] = arguments; const holder = document.createElement('div'); holder.innerHTML = html;
        document.body.append(holder);
        const element = holder.firstChild;
        element.addEventListener('load', () => done('load')); element.addEventListener('error', () => done('error'));
        if (element.localName === 'script') {
            const script = document.createElement('script');
            script.onload = () => done('load'); script.onerror = () => done('error');
            script.src = element.src; document.body.append(script);
        }";
    for name in ["a.js", "a.txt", "a.html"] {
        let html = format!("<script src='/_upload/{name}'></script>");
        assert_eq!(browser.run_async(embed, &[json!(html)]).await, "error", "{name} as a script");
        assert!(!site.has_run().await, "{name} ran as a script");
    }
    let html = "<iframe src='/_upload/a.txt'></iframe>";
    assert_eq!(browser.run_async(embed, &[json!(html)]).await, "load");
    assert!(!site.has_run().await, "a frame ran");
}

/// Requests for the file, as `Range` and `If-Range`.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

const SIZE: usize = 6_000_000;
const CUT: usize = 2_000_000;

/// Breaks the connection in the middle of the first answer, and calls `then` before it does.
fn cutting(asked: &Asked, then: impl Fn() + Clone + Send + Sync + 'static) -> impl Fn(Router) -> Router {
    let asked = Arc::clone(asked);
    let cut = move |request: Request, next: Next| {
        let (asked, then) = (Arc::clone(&asked), then.clone());
        async move {
            let seen = (text(&request, RANGE), text(&request, IF_RANGE));
            if !request.uri().path().ends_with("big.bin") {
                return next.run(request).await;
            }
            let is_first = {
                let mut asked = asked.lock().expect("no test panicked");
                asked.push(seen);
                asked.len() == 1
            };
            let response = next.run(request).await;
            if is_first { cut_off(response, then) } else { response }
        }
    };
    move |router| router.layer(from_fn(cut.clone()))
}

fn text(request: &Request, name: HeaderName) -> String {
    let value = request.headers().get(name);
    value.map_or("", |value| value.to_str().expect("ASCII")).to_owned()
}

fn cut_off(response: Response, then: impl Fn() + Send + 'static) -> Response {
    let (parts, body) = response.into_parts();
    assert_eq!(parts.headers[CONTENT_LENGTH], SIZE.to_string());
    let mut sent = 0;
    let begun = body.into_data_stream().take_while(move |chunk| {
        sent += chunk.as_ref().map_or(0, Bytes::len);
        std::future::ready(sent <= CUT)
    });
    let broken = stream::once(async move {
        then();
        Err(axum::Error::new(io::Error::other("cut")))
    });
    Response::from_parts(parts, Body::from_stream(begun.chain(broken)))
}

async fn cut_download(
    then: impl Fn(&std::path::Path) + Clone + Send + Sync + 'static,
) -> (Vec<u8>, Vec<(String, String)>) {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.public_uploads(true));
    let path = app.files().path().join("big.bin");
    fs::write(&path, patterned(SIZE)).expect("a writable folder");
    let asked = Asked::default();
    let app = app.layered(cutting(&asked, move || then(&path)));
    // A layer that compresses takes the ranges away, by which a browser goes on.
    let url = format!("http://{}", app.listen_bare().await);
    let browser = Browser::start().await;
    browser.open(&url).await;
    browser.run("location.href = '/_upload/big.bin'", &[]).await;
    until("the browser asks again", async || (asked.lock().expect("no test panicked").len() > 1).then_some(())).await;
    let bytes = browser.downloaded("big.bin").await;
    let asked = asked.lock().expect("no test panicked").clone();
    (bytes, asked)
}

#[tokio::test]
async fn a_download_that_broke_goes_on_where_it_was() {
    let (bytes, asked) = cut_download(|_| {}).await;
    assert!(bytes == patterned(SIZE), "{} bytes were saved, not the same", bytes.len());
    let (range, if_range) = &asked[1];
    let from: usize = range
        .strip_prefix("bytes=")
        .and_then(|range| range.strip_suffix('-'))
        .expect("a range")
        .parse()
        .expect("a number");
    assert!(from > 0 && from <= CUT, "{range}");
    assert!(if_range.starts_with('"'), "{if_range:?} is a strong tag");
}

#[tokio::test]
async fn a_download_that_broke_begins_again_when_the_file_is_another() {
    let other: Vec<u8> = patterned(SIZE).into_iter().rev().collect();
    let new = other.clone();
    let (bytes, asked) = cut_download(move |path| fs::write(path, &new).expect("a writable folder")).await;
    assert!(bytes == other, "{} bytes were saved, not those of the new file", bytes.len());
    assert_ne!(asked[1].0, "", "the browser asked for the rest");
}

/// A page with a line of text.
const PDF_WITH_TEXT: &str = "%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 44>>stream
BT /F 24 Tf 40 100 Td (Shown by a viewer) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Size 6/Root 1 0 R>>
%%EOF
";

#[tokio::test]
async fn a_pdf_opens_in_the_browsers_viewer() {
    let site = Site::with(&[("a.pdf", PDF_WITH_TEXT.into())]).await;
    let Site { browser, url, .. } = &site;
    let pdf = format!("{url}/_upload/a.pdf");
    browser.open(&pdf).await;
    // The viewer is a frame of an extension, and the document is a frame of that.
    until("the viewer shows the document", async || {
        let found = browser.devtools("Target.getTargets", json!({})).await;
        let targets = found["targetInfos"].as_array().expect("a list");
        let frame = |of: &dyn Fn(&str) -> bool| {
            targets.iter().find(|target| target["type"] == "iframe" && of(target["url"].as_str().unwrap_or_default()))
        };
        let viewer = frame(&|url| url.starts_with("chrome-extension://"))?;
        let document = frame(&|url| url == pdf)?;
        (document["parentFrameId"] == viewer["targetId"]).then_some(())
    })
    .await;
    browser.screenshot("pdf").await;
}

/// A second of silence.
fn wav() -> Vec<u8> {
    let rate: u32 = 8_000;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + rate).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend([rate.to_le_bytes(), rate.to_le_bytes()].concat());
    wav.extend(b"\x01\0\x08\0data");
    wav.extend(rate.to_le_bytes());
    wav.extend(vec![128; rate as usize]);
    wav
}

#[tokio::test]
async fn pictures_and_sounds_are_shown_by_themselves_and_in_pages() {
    let site = Site::with(&[("a.png", PNG.to_vec()), ("a.wav", wav()), ("a.txt", b"text".to_vec())]).await;
    let Site { browser, url, .. } = &site;
    let shown = [
        ("a.png", "img", "naturalWidth", json!(1)),
        ("a.wav", "video, audio", "duration", json!(1)),
        ("a.txt", "pre", "innerText", json!("text")),
    ];
    for (name, element, property, value) in &shown {
        browser.open(&format!("{url}/_upload/{name}")).await;
        let script = format!("return document.querySelector('{element}')?.{property} ");
        until(&format!("{name} is shown by itself"), async || {
            let found = browser.run(&script, &[]).await;
            (found == *value).then_some(())
        })
        .await;
        let icon = |complaint: &String| complaint.contains("/favicon.ico");
        let complaints: Vec<String> = browser.complaints().await.into_iter().filter(|text| !icon(text)).collect();
        assert_eq!(complaints, [""; 0], "{name}");
    }
    browser.open(url).await;
    let html = "<img src='/_upload/a.png'><audio preload='auto' src='/_upload/a.wav'></audio>";
    browser.run("document.body.insertAdjacentHTML('beforeend', arguments[0])", &[json!(html)]).await;
    for (_, element, property, value) in &shown[..2] {
        let script = format!("return document.querySelector('{element}')?.{property}");
        until(element, async || (browser.run(&script, &[]).await == *value).then_some(())).await;
    }
}
