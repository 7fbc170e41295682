//! Values of controls: the same with and without JavaScript, and in the page again where a form was refused.

use filekit::prelude::*;
use filekit_tests::{Entries, TestApp, Visitor};
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Form {
    taken: String,
}

macro_rules! events {
    ($($name:ident: $type:ty,)*) => {
        #[state]
        impl Form {
            $(#[event]
            fn $name(&mut self, value: $type) {
                self.taken = format!("{value:?}");
            })*

            #[event]
            fn apply(&mut self, name: String, _age: u8, _tags: Vec<String>, _about: String, _papers: Vec<UploadFile>, _secret: String) -> Result<()> {
                Err(Error::user(format!("No {name}.")))
            }
        }

        async fn values(form: Current<Form>) -> View {
            view![
                select(id = "value", multiple = true, option(value = "a", "A")),
                $(button(on_click = Form::$name(value_of("value")), stringify!($name)),)*
                p(id = "taken", &form.taken),
            ]
        }
    };
}

events! {
    text: String,
    number: u32,
    decimal: f64,
    optional: Option<u32>,
    truth: bool,
    texts: Vec<String>,
    numbers: Vec<u8>,
}

async fn application() -> View {
    view![form(
        on_submit = Form::apply(
            value_of("name"),
            value_of("age"),
            value_of("tags"),
            value_of("about"),
            upload_files("papers"),
            value_of("secret"),
        ),
        input(id = "name", value = "nobody"),
        upload(id = "papers", accept = ".pdf", "Papers"),
        input(id = "age", r#type = "number"),
        checkbox(id = "agree", checked = true),
        select(id = "tags", multiple = true, option(value = "a", selected = true, "A"), option(value = "b", "B")),
        textarea(id = "about", "Nothing yet"),
        input(id = "secret", r#type = "password"),
        button(r#type = "submit", "Apply"),
    )]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(values)).route("/application", get(application)))
}

fn taken(visitor: &Visitor) -> String {
    let elements = visitor.page().elements();
    let taken = elements.iter().find(|element| element.attribute("id") == Some("taken")).expect("what was taken");
    taken.text()
}

#[tokio::test]
async fn a_control_means_the_same_with_and_without_scripts() {
    let app = app();
    // The event, what a form sends, what a script sends, and what the event gets: nothing if it is refused.
    let cases: &[(&str, &[&str], Value, Option<&str>)] = &[
        ("number", &["42"], json!("42"), Some("42")),
        ("number", &["5.0"], json!("5.0"), Some("5")),
        ("number", &["42"], json!(42), Some("42")),
        ("number", &["forty"], json!("forty"), None),
        ("number", &[""], json!(""), None),
        ("number", &["-1"], json!("-1"), None),
        ("decimal", &[".5"], json!(".5"), Some("0.5")),
        ("decimal", &["1e3"], json!("1e3"), Some("1000.0")),
        ("optional", &[""], json!(""), Some("None")),
        ("optional", &["7"], json!("7"), Some("Some(7)")),
        ("text", &["42"], json!("42"), Some("\"42\"")),
        ("text", &["42"], json!(42), Some("\"42\"")),
        ("truth", &["on"], json!(true), Some("true")),
        ("truth", &[], json!(false), Some("false")),
        ("truth", &["false"], json!("false"), Some("false")),
        ("texts", &["on"], json!(true), Some("[\"on\"]")),
        ("texts", &[], json!([]), Some("[]")),
        ("texts", &["a", "b"], json!(["a", "b"]), Some("[\"a\", \"b\"]")),
        ("numbers", &["1", "2"], json!(["1", "2"]), Some("[1, 2]")),
        ("numbers", &["1", "x"], json!(["1", "x"]), None),
    ];
    for (event, texts, json, expected) in cases {
        let mut plain = app.visitor().await;
        let entries = texts.iter().fold(Entries::new(), |entries, text| entries.text("value", text));
        let status = plain.submit(event, entries).await.status();
        plain.open("/").await;
        let mut scripted = app.visitor().await;
        let reply = scripted.click_with(event, &[("value", json.clone())]).await;
        match expected {
            Some(expected) => {
                assert_eq!((status.as_u16(), &*taken(&plain)), (303, *expected), "{event} {texts:?}");
                assert_eq!((reply.status().as_u16(), &*taken(&scripted)), (200, *expected), "{event} {json}");
            }
            None => {
                assert_eq!(
                    (status.as_u16(), reply.code().as_str()),
                    (422, "event.wrong-argument"),
                    "{event} {texts:?}"
                );
            }
        }
    }
}

/// What the controls of a page hold.
fn held(visitor: &Visitor) -> Vec<String> {
    let controls = visitor.page().elements().into_iter().filter(|element| {
        matches!(element.name(), "input" | "select" | "textarea") && element.attribute("name").is_some()
    });
    let value = |element: &filekit_tests::Element| match element.name() {
        "textarea" => element.text(),
        "select" => {
            let options = element.named("option").into_iter().filter(|option| option.attribute("selected").is_some());
            options.filter_map(|option| option.attribute("value")).collect::<Vec<_>>().join(",")
        }
        _ if element.attribute("type") == Some("checkbox") => element.attribute("checked").is_some().to_string(),
        _ => element.attribute("value").unwrap_or_default().to_owned(),
    };
    let shown = |element: &filekit_tests::Element| {
        format!("{}={}", element.attribute("name").unwrap_or_default(), value(element))
    };
    controls.map(shown).filter(|text| !text.starts_with("filekit-")).collect()
}

#[tokio::test]
async fn what_was_typed_is_there_again_after_a_refusal() {
    let app = app();
    let mut visitor = app.stranger();
    let entries = Entries::new().text("name", "\"Ada\" & <Bob>").text("age", "36").text("tags", "b");
    let entries = entries.text("about", "one\ntwo").text("secret", "hunter2");
    // A line end is read as a blank here.
    let expected = ["name=\"Ada\" & <Bob>", "papers=", "age=36", "agree=false", "tags=b", "about=one two", "secret="];
    for (file, status) in [("paper.pdf", 415), ("", 422)] {
        visitor.open("/application").await;
        assert_eq!(held(&visitor)[0], "name=nobody");
        let entries = match file {
            "" => entries.clone(),
            // Most values stand behind the file that is refused.
            file => entries.clone().file("papers", file, "no PDF"),
        };
        let reply = visitor.submit("Apply", entries).await;
        assert_eq!(reply.status(), status, "{}", reply.text());
        assert_eq!(held(&visitor), expected, "{file}");
        assert!(!reply.text().contains("hunter2"), "a password is not written into a page");
    }
    // A value that is of the wrong type can be put right.
    visitor.open("/application").await;
    let reply = visitor.submit("Apply", entries.text("age", "x")).await;
    assert_eq!(reply.status(), 422);
    assert_eq!(held(&visitor), expected);
}
