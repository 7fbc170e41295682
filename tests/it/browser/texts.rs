//! A page in another language: every fixed text of the browser comes from the program.

use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp, until};

#[state]
#[derive(Default)]
struct Ablage {
    count: usize,
}

#[state]
impl Ablage {
    #[event]
    fn nimm(&mut self, files: Vec<UploadFile>) {
        self.count += files.len();
    }
}

async fn page(ablage: Current<Ablage>) -> View {
    view![
        upload(id = "dateien", max_size = "1.5 kB", min_files = 2, button("Wählen")),
        for file in selected_files("dateien") {
            p(class = "chosen", file.name(), ": ", file.size_text())
        },
        for file in rejected_files("dateien") {
            p(class = "rejected", file.message())
        },
        button(on_click = Ablage::nimm(upload_files("dateien")), "Senden"),
        p(id = "count", ablage.count),
    ]
}

const GERMAN: [(&str, &str); 8] = [
    ("upload.too-large", "„{name}“ ist größer als {limit}."),
    ("upload.too-few-files", "Es müssen mindestens {limit} Dateien sein."),
    ("client.selected.one", "Eine Datei gewählt"),
    ("client.selected.other", "{count} Dateien gewählt"),
    ("client.uploading.other", "{count} Dateien werden gesendet"),
    ("client.done", "Fertig"),
    ("client.close", "Schließen"),
    ("client.units", "B kB MB GB TB"),
];

#[tokio::test]
async fn the_browser_speaks_the_language_of_the_program() {
    let app = TestApp::with(Router::new().route("/", get(page)), |kit| kit.lang("de").texts(GERMAN));
    let address = app.listen().await;
    let browser = Browser::start().await;
    browser.open(&format!("http://{address}/")).await;
    let samples = Samples::new();
    let a = samples.file("a.txt", "a".repeat(1_234));
    let b = samples.file("b.txt", "b");
    let large = samples.file("groß.txt", "x".repeat(1_501));
    browser.listen().await;
    browser.choose("dateien", &[&a, &large]).await;
    browser.see_texts(".chosen", &["a.txt: 1,2 kB"]).await;
    browser.see_texts(".rejected", &["„groß.txt“ ist größer als 1,5 kB."]).await;
    browser.hear("„groß.txt“ ist größer als 1,5 kB.\nEine Datei gewählt").await;
    browser.click("Senden").await;
    browser.hear("alert: Es müssen mindestens 2 Dateien sein.").await;
    let close = browser.find(fantoccini::Locator::Css(".fk-toast-close")).await;
    assert_eq!(close.attr("aria-label").await.expect("a button"), Some("Schließen".to_owned()));
    browser.choose("dateien", &[&b]).await;
    browser.hear("2 Dateien gewählt").await;
    browser.click("Senden").await;
    browser.see_texts("#count", &["2"]).await;
    until("the end is heard", async || browser.heard().await.contains(&"Fertig".to_owned()).then_some(())).await;
    browser.hear("2 Dateien werden gesendet").await;
}
