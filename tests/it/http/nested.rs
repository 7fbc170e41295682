//! Pages below a prefix of a bigger app: every URL that filekit makes has to begin with the prefix, which it finds itself.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::TestApp;

#[state]
#[derive(Default)]
struct Box {
    files: Vec<StoredFile>,
    shaken: u32,
}

#[state]
impl Box {
    #[event]
    async fn fill(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }

    #[event]
    fn shake(&mut self) {
        self.shaken += 1;
    }

    #[event]
    fn list(&self) -> Download {
        Download::data(self.files.iter().map(StoredFile::name).collect::<Vec<_>>().join("\n")).filename("list.txt")
    }
}

async fn page(content: Current<Box>) -> View {
    view![
        heading("Shaken ", content.shaken),
        button(on_click = Box::shake, "Shake"),
        upload(id = "box", "Drop here"),
        button(on_click = Box::fill(upload_files("box")), "Fill"),
        button(on_click = Box::list, "List"),
        for file in &content.files {
            link(href = file.url(), file.name())
        },
    ]
}

fn app() -> TestApp {
    let pages = Router::new().route("/", get(page)).route("/deep/er", get(page));
    TestApp::mounted("/app", pages)
}

#[tokio::test]
async fn page_event_upload_and_links_work_below_a_prefix() {
    for path in ["/app", "/app?sort=name", "/app/deep/er", "/app/deep/er?a=/b/"] {
        let app = app();
        let mut visitor = app.visitor().await;
        visitor.open(path).await;
        assert_eq!(visitor.page().named("body")[0].attribute("data-filekit-base"), Some("/app"));

        visitor.click("Shake").await;
        assert_eq!(visitor.page().named("h2")[0].text(), "Shaken 1");
        let reply = visitor.upload("box", [("a.txt", "hello")]).await;
        assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
        let href = visitor.page().href("a.txt").to_owned();
        assert!(href.starts_with("/app/_upload/"), "{href}");
        assert_eq!(visitor.get(&href).await.text(), "hello");
        assert_eq!(visitor.click("List").await.text(), "a.txt");
    }
}

#[tokio::test]
async fn all_that_the_page_needs_is_below_the_prefix() {
    let app = app();
    let mut visitor = app.visitor().await;
    let page = visitor.page().clone();
    let scripts = page.named("script").into_iter().filter_map(|script| script.attribute("src"));
    let styles = page.named("link").into_iter().filter(|link| link.attribute("rel") == Some("stylesheet"));
    let styles = styles.filter_map(|link| link.attribute("href"));
    let urls: Vec<&str> = scripts.chain(styles).collect();
    assert_eq!(urls.len(), 2, "{urls:?}");
    for url in urls {
        assert!(url.starts_with("/app/_filekit/"), "{url}");
        assert_eq!(visitor.get(url).await.status(), StatusCode::OK, "{url}");
    }
}

#[tokio::test]
async fn nothing_of_filekit_answers_outside_of_the_prefix() {
    let app = app();
    let mut visitor = app.visitor().await;
    let mut request = visitor.event(&visitor.call_of("Shake"));
    *request.uri_mut() = "/_filekit/event".parse().expect("a path");
    assert_eq!(visitor.send(request).await.status(), StatusCode::NOT_FOUND);
    visitor.open("/app").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Shaken 0");
}

#[tokio::test]
async fn a_prefix_may_have_parameters_and_any_characters() {
    let pages = Router::new().route("/", get(page));
    let app = TestApp::mounted("/{tenant}", pages);
    let mut visitor = app.stranger();
    visitor.open("/R&D'").await;
    visitor.click("Shake").await;
    assert_eq!(visitor.page().named("h2")[0].text(), "Shaken 1");
    assert_eq!(visitor.click("List").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_prefix_that_a_proxy_takes_away_is_added() {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.base_path("/files"));
    let mut visitor = app.visitor().await;
    assert_eq!(visitor.page().named("body")[0].attribute("data-filekit-base"), Some("/files"));
    // The browser sees the page at /files or /files/; the proxy hands requests on without it.
    for seen in ["/files", "/files/", "/files/?"] {
        let mut call = visitor.call_of("Shake");
        call["page"] = seen.into();
        let mut request = visitor.event(&call);
        *request.uri_mut() = "/_filekit/event".parse().expect("a path");
        assert_eq!(visitor.send(request).await.status(), StatusCode::OK, "{seen}");
    }
}
