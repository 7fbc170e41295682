//! The spans that a subscriber can collect, and that the guide's table has all of them.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use filekit::prelude::*;
use filekit_tests::{TestApp, patterned};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The chapter with the table.
const CHAPTER: &str = include_str!("../../../filekit/docs/operations.md");

#[state]
#[derive(Default)]
struct Desk {
    files: Vec<StoredFile>,
}

#[state]
impl Desk {
    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.files.push(file.save().await?);
        }
        Ok(())
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "files", "Keep"),
        button(on_click = Desk::keep(upload_files("files")), "Send"),
        for file in &desk.files {
            link(href = upload_url(file), file.name())
        },
    ]
}

/// Notes spans when they have ended, with their fields and below which other one they are.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

/// The fields of a span.
#[derive(Default)]
struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push(format!("{field}={value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target() == "filekit::spans" {
            assert_eq!(*metadata.level(), Level::DEBUG);
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            context.span(id).expect("a new span").extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(fields) = context.span(id).expect("a span").extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).expect("a span that ends");
        if let Some(fields) = span.extensions().get::<Fields>() {
            self.0.lock().expect("no panic").push(format!("{} {}", span.name(), fields.0.join(" ")));
        }
    }
}

impl Spans {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

#[tokio::test]
async fn pages_calls_uploads_and_files_have_spans_as_in_the_guide() {
    let spans = Spans::default();
    let _subscriber = tracing::subscriber::set_default(Registry::default().with(spans.clone()));
    let app = TestApp::new(Router::new().route("/", get(page)));
    let mut visitor = app.visitor().await;
    assert_eq!(spans.take(), [r#"filekit.page path="/""#]);
    visitor.upload("files", [("a.txt", "12345")]).await;
    let of_upload = spans.take();
    assert_eq!(
        of_upload[..2],
        ["filekit.upload bytes=5", r#"filekit.call state="it::http::spans::Desk" event="keep""#]
    );
    visitor.open("/").await;
    spans.take();
    let link = visitor.page().href("a.txt").to_owned();
    visitor.get(&link).await;
    let of_file = spans.take();
    assert_eq!(of_file, [format!("filekit.serve key={:?}", app.files().key_of("a.txt"))]);

    let bytes = patterned(3_000);
    let upload = visitor.begin_upload("files", &[("b.bin", &bytes)]).await;
    spans.take();
    visitor.send(visitor.part(&upload, 0, false, bytes[..1_000].to_vec())).await;
    assert_eq!(spans.take(), ["filekit.upload bytes=1000"]);

    let names = |line: &String| {
        let fields = line.split(' ').skip(1).filter_map(|field| Some(format!("`{}`", field.split_once('=')?.0)));
        format!("| `{}` | {} |", line.split(' ').next().unwrap_or_default(), fields.collect::<Vec<_>>().join(", "))
    };
    let page = r#"filekit.page path="/""#.to_owned();
    let seen: BTreeSet<_> = of_upload.iter().chain(&of_file).chain([&page]).map(names).collect();
    let rows = CHAPTER.lines().filter(|line| line.starts_with("| `filekit."));
    let in_guide: BTreeSet<_> = rows.map(|line| line.split_inclusive('|').take(3).collect::<String>()).collect();
    assert_eq!(in_guide, seen);
}
