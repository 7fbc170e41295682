//! Documents: loading them, and comparing a patched one with a fresh one.

use filekit::axum::http::StatusCode;
use serde_json::Value;
use url::Url;

use crate::difference::difference;
use crate::html::{Element, Html, apply, element_lines};
use crate::page::Page;
use crate::page::actions::DueActions;
use crate::page::client::Client;
use crate::visitor::{Answer, HOST};
use crate::{Download, Visitor};

/// So many redirects are followed.
const REDIRECTS: usize = 10;

/// What has changed a page that is compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// An event of the page itself.
    Event,
    /// What it was sent while it followed its state.
    Arrival,
}

/// The server's markup of a page, with the patches since.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) title: String,
    /// Where filekit is mounted.
    pub(super) base: String,
    /// The page as the server names it; empty if it is none of filekit's.
    pub(super) page: String,
    /// Whether it may follow its state.
    pub(super) is_live: bool,
    /// The server's name for the document, and its version.
    instance: String,
    version: u64,
    /// The program's words in place of filekit's.
    pub(super) texts: Value,
    pub(super) tree: Html,
    /// The notices that a document shows above its page.
    notices: Vec<String>,
}

impl Document {
    fn parse(markup: &str) -> Self {
        let document = Html::parse(markup);
        let first = |name: &str| document.named(name).into_iter().next();
        let title = first("title").map(Element::text).unwrap_or_default();
        let body = first("body");
        let attribute = |name: &str| body.and_then(|body| body.attribute(name)).unwrap_or_default().to_owned();
        let Some((instance, version)) = attribute("data-filekit-instance")
            .rsplit_once('.')
            .map(|(name, version)| (name.to_owned(), version.parse().unwrap_or_default()))
        else {
            return Self { title, tree: document, ..Self::default() };
        };
        let main = document.elements().into_iter().find(|element| element.attribute("id") == Some("filekit"));
        let notices = document.elements().into_iter().filter(|element| element.has_class("fk-notices"));
        Self {
            title,
            base: attribute("data-filekit-base"),
            page: attribute("data-filekit-page"),
            is_live: body.is_some_and(|body| body.has("data-filekit-live")),
            texts: serde_json::from_str(&attribute("data-filekit-texts")).unwrap_or_default(),
            notices: notices.map(Element::text).collect(),
            tree: Html::of(main.map(|main| main.nodes().to_vec()).unwrap_or_default()),
            instance,
            version,
        }
    }

    /// The instance and version that it shows.
    pub(super) fn stamp(&self) -> String {
        format!("{}.{}", self.instance, self.version)
    }

    /// Whether the server has made the document.
    pub(super) fn is_of_filekit(&self) -> bool {
        !self.instance.is_empty()
    }

    /// Whether a message comes next. Before one that does not, another was lost, or the page shows it already.
    pub(super) fn is_next(&self, message: &Value) -> bool {
        match message["body"].is_string() {
            true => message["version"].as_u64() > Some(self.version),
            false => message["from"].as_u64() == Some(self.version),
        }
    }

    /// Shows what the server says of the page: the whole of it, a patch, or that nothing has changed.
    ///
    /// # Errors
    ///
    /// If a patch is not for what is shown.
    pub(super) fn show(&mut self, message: &Value) -> Result<(), String> {
        if let Some(title) = message["title"].as_str() {
            title.clone_into(&mut self.title);
        }
        if let Some(body) = message["body"].as_str() {
            self.tree = Html::parse(body);
        } else {
            let from = message["from"].as_u64();
            if from != Some(self.version) {
                return Err(format!("the patch is from version {from:?}, the page shows {}", self.version));
            }
            if message["patch"].is_array() {
                apply(&mut self.tree, &message["patch"])?;
            }
        }
        if let Some(instance) = message["instance"].as_str() {
            instance.clone_into(&mut self.instance);
        }
        self.version = message["version"].as_u64().unwrap_or_default();
        Ok(())
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("title {:?}", self.title)];
        lines.extend(element_lines(self.tree.nodes()));
        lines
    }
}

impl Page {
    pub(crate) async fn open(visitor: Visitor, path: &str) -> Self {
        let (address, answer) = load(&visitor, path).await;
        if !answer.status.is_success() || !answer.is_html() {
            let what = if answer.is_html() { Html::parse(&answer.text()).text() } else { answer.text() };
            let mime = answer.header("content-type");
            panic!("{address} is no page: it answers {} ({mime})\n{what}", answer.status);
        }
        Self::of_answer(visitor, address, &answer)
    }

    fn of_answer(visitor: Visitor, address: String, answer: &Answer) -> Self {
        let document = Document::parse(&answer.text());
        Self {
            visitor,
            address,
            messages: document.notices.clone(),
            document,
            client: Client::default(),
            downloads: Vec::new(),
            due: DueActions::default(),
            breaks_after: None,
            broken: None,
            live: None,
            refused: None,
        }
    }

    /// Shows an answer to a link or a form: a page, or else it is a download.
    pub(super) async fn show_answer(&mut self, path: &str, answer: Answer) {
        if let Some(next) = redirect(path, &answer) {
            return match next {
                Ok(path) => {
                    self.go_to(&path).await;
                }
                Err(url) => self.leave(url),
            };
        }
        if answer.is_html() {
            let fresh = Self::of_answer(self.visitor.clone(), path.to_owned(), &answer);
            *self = Self { downloads: std::mem::take(&mut self.downloads), ..fresh };
        } else if answer.status.is_success() {
            self.downloads.push(Download::of_answer(path, &answer));
        } else {
            self.fail(&format!("{path} answers {}: {}", answer.status, answer.text()));
        }
    }

    /// The visitor goes to another site.
    pub(super) fn leave(&mut self, url: String) {
        self.address = url;
        self.document = Document::default();
        self.live = None;
    }

    /// Fails if the page is another than when it is loaded again.
    pub(super) async fn compare(&self, change: Change) {
        if let Some(difference) = self.difference().await {
            self.fail_as_different(change, &difference);
        }
    }

    /// Fails with a difference from the page as it is when it is loaded again.
    pub(super) fn fail_as_different(&self, change: Change, difference: &str) -> ! {
        let (after, unknown) = match change {
            Change::Event => ("the event", "that the event cannot know of"),
            Change::Arrival => ("what has arrived", "whose changes are not notified"),
        };
        panic!(
            "after {after} the page {} is another than when it is loaded again\n\
             Does it show something that is new each time, or {unknown}?\n\n{difference}",
            self.address
        )
    }

    /// The first difference from the page as it is when it is loaded again.
    pub(super) async fn difference(&self) -> Option<String> {
        if !self.visitor.compares() {
            return None;
        }
        let (_, answer) = load(&self.visitor, &self.address).await;
        if answer.status != StatusCode::OK {
            self.fail(&format!("the page has changed, and cannot be loaded again: it answers {}", answer.status));
        }
        let fresh = Document::parse(&answer.text());
        difference(&self.document.lines(), &fresh.lines())
    }

    /// Resolves a link of the page: a path of this site, or the URL of another one.
    pub(super) fn resolve(&self, link: &str) -> Result<String, String> {
        resolve(&self.address, link)
    }
}

/// Gets a page, where redirects lead to.
async fn load(visitor: &Visitor, path: &str) -> (String, Answer) {
    let mut path = path.to_owned();
    for _ in 0..REDIRECTS {
        let answer = visitor.get(&path).await;
        match redirect(&path, &answer) {
            None => return (path, answer),
            Some(Ok(next)) => path = next,
            Some(Err(url)) => panic!("{path} leads to another site: {url}"),
        }
    }
    panic!("more than {REDIRECTS} redirects, the last to {path}")
}

/// Where an answer leads to, if it leads somewhere.
fn redirect(path: &str, answer: &Answer) -> Option<Result<String, String>> {
    answer.status.is_redirection().then(|| resolve(path, answer.header("location")))
}

fn resolve(path: &str, link: &str) -> Result<String, String> {
    let base = Url::parse(&format!("http://{HOST}")).and_then(|site| site.join(path));
    let Ok(url) = base.and_then(|base| base.join(link)) else { return Err(link.to_owned()) };
    if url.host_str() != Some(HOST) {
        return Err(url.into());
    }
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(format!("{}{query}", url.path()))
}
