//! A page without forms of its own, which is one form for browsers without JavaScript, and none for those with it.

use fantoccini::Locator;
use filekit::prelude::*;
use filekit_tests::{Browser, Samples, TestApp};
use serde_json::json;

#[state]
#[derive(Default)]
struct Desk {
    kept: Vec<String>,
    is_open: bool,
}

#[state]
impl Desk {
    #[event]
    fn keep(&mut self, papers: Vec<UploadFile>, note: String, copies: u32) -> Result<()> {
        for paper in papers {
            match paper.client_name() {
                "bad.txt" => return Err(Error::user("No bad papers, please.")),
                name => self.kept.push(format!("{name} {note} {copies}")),
            }
        }
        Ok(())
    }

    #[event]
    fn remove(&mut self, name: String) {
        self.kept.retain(|kept| *kept != name);
    }

    #[event]
    fn open(&mut self) {
        self.is_open = true;
    }

    #[event]
    fn write(&mut self, line: String) {
        self.kept.push(line);
    }
}

async fn page(desk: Current<Desk>) -> View {
    view![
        upload(id = "papers", button("Choose papers")),
        input(id = "note", aria_label = "Note"),
        // The keyboard of a phone, and a text for scripts.
        input(id = "copies", inputmode = "numeric", aria_label = "Copies"),
        button(on_click = Desk::keep(upload_files("papers"), value_of("note"), value_of("copies")), "Keep"),
        raw_html("<button id=\"foreign\">Foreign</button>"),
        ul(for name in &desk.kept {
            li(name, " ", button(on_click = Desk::remove(name.clone()), "Remove ", name))
        }),
        if desk.is_open {
            form(
                on_submit = Desk::write(value_of("line")),
                input(id = "line", aria_label = "Line"),
                button(r#type = "submit", "Write"),
            )
        },
        button(on_click = Desk::open, "Open"),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

async fn type_into(browser: &Browser, id: &str, text: &str) {
    browser.find(Locator::Id(id)).await.send_keys(text).await.expect("a field that takes text");
}

#[tokio::test]
pub(super) async fn without_scripts_it_sends_files_values_and_calls() {
    let app = app();
    let samples = Samples::new();
    let browser = Browser::start_without_scripts().await;
    browser.open(&format!("http://{}/?from=test", app.listen().await)).await;
    browser.choose("papers", &[&samples.file("a.txt", "one"), &samples.file("b.txt", "two")]).await;
    // Return in a field sends nothing.
    type_into(&browser, "note", "twice\n").await;
    type_into(&browser, "copies", "2").await;
    browser.click("Keep").await;
    browser.see_texts("li", &["a.txt twice 2 Remove a.txt twice 2", "b.txt twice 2 Remove b.txt twice 2"]).await;
    // The file that is chosen by now is not sent with another button.
    browser.choose("papers", &[&samples.file("c.txt", "three")]).await;
    browser.click("Remove a.txt twice 2").await;
    browser.see_texts("li", &["b.txt twice 2 Remove b.txt twice 2"]).await;
    assert!(app.spool_is_empty());
}

#[tokio::test]
pub(super) async fn without_scripts_a_refusal_keeps_what_was_typed() {
    let app = app();
    let samples = Samples::new();
    let browser = Browser::start_without_scripts().await;
    browser.open(&format!("http://{}/", app.listen().await)).await;
    browser.choose("papers", &[&samples.file("bad.txt", "one")]).await;
    type_into(&browser, "note", "\"a\" & <b>").await;
    type_into(&browser, "copies", "2").await;
    browser.click("Keep").await;
    browser.see_texts(".fk-notice", &["No bad papers, please."]).await;
    let typed = "return ['note', 'copies'].map(id => document.getElementById(id).value)";
    assert_eq!(browser.run(typed, &[]).await, json!(["\"a\" & <b>", "2"]));
    browser.choose("papers", &[&samples.file("good.txt", "one")]).await;
    browser.click("Keep").await;
    browser.see("Remove good.txt \"a\" & <b> 2").await;
}

#[tokio::test]
pub(super) async fn with_scripts_its_form_is_never_sent() {
    let app = app();
    let samples = Samples::new();
    let browser = Browser::start().await;
    browser.open(&format!("http://{}/", app.listen().await)).await;
    browser.run("window.isSame = true", &[]).await;
    browser.choose("papers", &[&samples.file("a.txt", "one")]).await;
    type_into(&browser, "note", "typed\n").await;
    type_into(&browser, "copies", "3").await;
    browser.click("Foreign").await;
    browser.click("Keep").await;
    browser.see_texts("li", &["a.txt typed 3 Remove a.txt typed 3"]).await;
    // A form that is brought later stands in that of the page, and is one of its own.
    browser.click("Open").await;
    browser.see("Write").await;
    type_into(&browser, "line", "by button").await;
    browser.click("Write").await;
    browser.see("Remove by button").await;
    browser.click("Remove a.txt typed 3").await;
    browser.see_texts("li", &["by button Remove by button"]).await;
    assert_eq!(
        browser.run("return [window.isSame, document.getElementById('note').value]", &[]).await,
        json!([true, "typed"])
    );
}

/// Firefox 153 sends such a form by its button only: there Return looks at the form around the page.
#[tokio::test]
async fn return_sends_a_form_that_is_brought_into_that_of_the_page() {
    let browser = Browser::start().await;
    let app = app();
    browser.open(&format!("http://{}/", app.listen().await)).await;
    browser.click("Open").await;
    browser.see("Write").await;
    type_into(&browser, "line", "by Return\n").await;
    browser.see("Remove by Return").await;
}
