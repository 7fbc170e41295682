//! The figures that a recorder of the crate `metrics` gets, and that the guide's table has all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::TestApp;
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
    set_default_local_recorder,
};

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

    #[event]
    async fn remove(&mut self, #[extract] files: Files) -> Result<()> {
        for file in self.files.drain(..) {
            files.remove(&file).await?;
        }
        Ok(())
    }

    #[event]
    fn fail(&mut self) -> Result<()> {
        Err(Error::user("Not today."))
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "files", max_size = "10 B", "Keep"),
        button(on_click = Desk::keep(upload_files("files")), "Send"),
        button(on_click = Desk::remove, "Remove"),
        button(on_click = Desk::fail, "Fail"),
        for file in &desk.files {
            link(href = upload_url(file), file.name())
        },
    ]
}

/// What a recorder has been told: sums of counters, and how many values histograms have got, by names with labels; and descriptions.
#[derive(Clone, Default)]
struct Figures(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    sums: BTreeMap<String, u64>,
    described: BTreeMap<String, (&'static str, Option<Unit>)>,
}

/// One figure.
struct Figure {
    name: String,
    figures: Figures,
}

impl Figures {
    fn add(&self, name: &str, count: u64) {
        *self.0.lock().expect("no panic").sums.entry(name.to_owned()).or_default() += count;
    }

    fn take(&self) -> Vec<String> {
        let sums = std::mem::take(&mut self.0.lock().expect("no panic").sums);
        sums.into_iter().map(|(name, sum)| format!("{name} {sum}")).collect()
    }

    fn describe(&self, name: &KeyName, kind: &'static str, unit: Option<Unit>) {
        self.0.lock().expect("no panic").described.insert(name.as_str().to_owned(), (kind, unit));
    }

    fn figure(&self, key: &Key) -> Arc<Figure> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        Arc::new(Figure { name: format!("{}{labels}", key.name()), figures: self.clone() })
    }
}

impl CounterFn for Figure {
    fn increment(&self, count: u64) {
        self.figures.add(&self.name, count);
    }

    fn absolute(&self, _: u64) {
        panic!("counters grow");
    }
}

impl HistogramFn for Figure {
    fn record(&self, value: f64) {
        assert!((0.0..60.0).contains(&value), "seconds: {value}");
        self.figures.add(&self.name, 1);
    }
}

impl Recorder for Figures {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, "counter", unit);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, "gauge", unit);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, _: SharedString) {
        self.describe(&name, "histogram", unit);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.figure(key))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("there are no gauges")
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.figure(key))
    }
}

#[tokio::test]
async fn uploads_files_refusals_and_calls_are_counted() {
    let figures = Figures::default();
    let _recorder = set_default_local_recorder(&figures);
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.metrics(true));
    let mut visitor = app.visitor().await;
    visitor.upload("files", [("a.txt", "12345"), ("b.txt", "67")]).await;
    assert_eq!(
        figures.take(),
        [
            "filekit_call_seconds{state=it::http::figures::Desk,event=keep} 1",
            "filekit_stored_bytes_total 7",
            "filekit_stored_files_total 2",
            "filekit_upload_bytes_total 7",
            "filekit_upload_seconds 2",
            "filekit_uploads_total 2",
        ]
    );
    visitor.open("/").await;
    let link = visitor.page().href("a.txt").to_owned();
    assert_eq!(visitor.get(&link).await.text(), "12345");
    assert_eq!(figures.take(), ["filekit_serve_seconds 1", "filekit_served_bytes_total 5", "filekit_served_total 1"]);

    assert_eq!(visitor.upload("files", [("c.txt", "0123456789-")]).await.code(), "upload.too-large");
    assert_eq!(figures.take(), ["filekit_refusals_total{code=upload.too-large} 1"]);

    assert_eq!(visitor.click("Fail").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        figures.take(),
        [
            "filekit_call_seconds{state=it::http::figures::Desk,event=fail} 1",
            "filekit_failed_calls_total{event=fail,code=event.refused} 1",
            "filekit_refusals_total{code=event.refused} 1",
        ]
    );
    visitor.click("Remove").await;
    assert_eq!(
        figures.take(),
        ["filekit_call_seconds{state=it::http::figures::Desk,event=remove} 1", "filekit_removed_files_total 2"]
    );
}

#[test]
fn the_guide_has_every_figure() {
    let figures = Figures::default();
    let recorder = set_default_local_recorder(&figures);
    let _app = TestApp::with(Router::new(), |kit| kit.metrics(true));
    drop(recorder);
    let described = std::mem::take(&mut figures.0.lock().expect("no panic").described);
    for (name, (kind, unit)) in &described {
        let (of_name, of_unit) = match kind {
            &"counter" => (name.ends_with("_total"), matches!(unit, Some(Unit::Bytes | Unit::Count))),
            _ => (name.ends_with("_seconds"), *unit == Some(Unit::Seconds)),
        };
        assert!(of_name && of_unit, "{name} is a {kind} of {unit:?}");
    }
    let row = |(name, (kind, _)): (&String, &(&str, _))| format!("| `{name}` | {kind} |");
    let described: BTreeSet<_> = described.iter().map(row).collect();
    let rows = CHAPTER.lines().filter(|line| line.contains("` | counter |") || line.contains("` | histogram |"));
    let in_guide: BTreeSet<_> = rows.map(|line| line.split_inclusive('|').take(3).collect::<String>()).collect();
    assert_eq!(in_guide, described);
}
