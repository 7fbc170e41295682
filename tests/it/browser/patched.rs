//! A patched page equals a freshly loaded one, node for node: random pages, changed at random, in a real browser.
//!
//! `FILEKIT_SEQUENCES` says how many pages are made (default: 2,000), each of which is changed four times, and
//! `FILEKIT_SEED` repeats one run.

use fastrand::Rng;
use filekit::__private::{fingerprint_of, html_of, patch_of};
use filekit::prelude::*;
use filekit_tests::{Browser, TestApp};
use serde_json::{Value, json};

const CHANGES: usize = 4;
/// So many pages travel to the browser at a time.
const BATCH: usize = 100;

/// A piece of a page. Each is written with other parts of the language.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Paragraph { class: String, text: String },
    Section { class: Option<String>, pieces: Vec<Piece> },
    Branch { arm: u8, text: String, pieces: Vec<Piece> },
    Alike { arm: u8, text: String, piece: Box<Piece> },
    Maybe(Option<Box<Piece>>),
    Several(Vec<Piece>),
    Words(Vec<String>),
    Raw(String),
    List { is_keyed: bool, items: Vec<Item> },
    Loose(Vec<Item>),
    Table(Vec<Item>),
    Nested(Vec<Vec<Item>>),
    Options(Vec<Item>),
    Drawing(Vec<Item>),
    Field { id: String, text: String },
}

#[derive(Clone, Debug)]
struct Item {
    id: u32,
    name: String,
    is_new: bool,
}

#[state]
#[derive(Default)]
struct Buttons {}

#[state]
impl Buttons {
    #[event]
    fn press(&mut self, _id: u32) {}
}

fn page(pieces: &[Piece], title: &str) -> View {
    view![
        h1(title),
        main(for piece in pieces {
            show(piece)
        }),
        footer(title = title, "end of ", title),
    ]
}

fn show(piece: &Piece) -> View {
    match piece {
        Piece::Text(text) => view![text],
        Piece::Paragraph { class, text } => view![p(class = class, "say ", text, b("!")), hr()],
        Piece::Section { class, pieces } => view![section(
            class = class,
            h2("title"),
            for piece in pieces {
                show(piece)
            },
            p(class = class, "below"),
        )],
        Piece::Branch { arm, text, pieces } => view![
            p("before"),
            if *arm == 0 {
                p(text)
            } else if *arm == 1 {
                for piece in pieces {
                    show(piece)
                }
            } else {
                "bare ";
                i(text)
            },
            match arm {
                0 => {}
                1 => b(text),
                _ => {
                    for piece in pieces {
                        show(piece)
                    }
                }
            },
            p(title = text, "after"),
        ],
        // Branches in which as much may change, in other places or of another kind.
        Piece::Alike { arm, text, piece } => view![match arm {
            0 => p(text),
            1 => input(name = "first", value = text),
            2 => input(name = "second", value = text),
            3 => img(src = text, alt = ""),
            4 => {
                div("held ", show(piece));
                div(text);
            }
            5 => {
                div(text);
                div("held ", show(piece));
            }
            _ => section(title = text, show(piece)),
        }],
        Piece::Maybe(piece) => view![div(piece.as_deref().map(show), p("beside"))],
        Piece::Several(pieces) => view![div(pieces.iter().map(show), pieces.iter().map(show).collect::<Vec<_>>())],
        Piece::Words(words) => view![p(words, " and ", words.first())],
        Piece::Raw(html) => view![div(raw_html(html), p(title = html, "next"))],
        Piece::List { is_keyed: true, items } => view![ul(for item in items {
            li(
                key = item.id,
                item.name.as_str(),
                if item.is_new {
                    b("new")
                },
            )
        })],
        Piece::List { items, .. } => view![ul(for item in items {
            li(title = &item.name, button(on_click = Buttons::press(item.id), &item.name))
        })],
        Piece::Loose(items) => view![for item in items {
            if item.is_new {
                b("new")
            }
            item.name.as_str()
        }],
        Piece::Table(items) => view![table(
            thead(tr(th("name"))),
            for item in items {
                tr(td(item.name.as_str()), td(item.id))
            },
        )],
        Piece::Nested(lists) => view![div(for items in lists {
            div(
                p(items.len(), " in it"),
                ul(for item in items {
                    li(item.name.as_str())
                }),
            )
        })],
        Piece::Options(items) => view![select(for item in items {
            option(value = item.id, item.name.as_str())
        })],
        Piece::Drawing(items) => view![el(
            "svg",
            for item in items {
                el("circle", attr("r", item.id))
            },
            el("rect", attr("width", items.len())),
        )],
        Piece::Field { id, text } => view![input(id = id, title = text), textarea(text)],
    }
}

/// Makes pages and changes them.
struct Maker(Rng);

impl Maker {
    fn word(&mut self) -> String {
        let words = ["", "a", "b", "<i>", "& so", "\"x\"", "é", "long words of a text"];
        self.0.choice(words).unwrap_or_default().to_owned()
    }

    fn items(&mut self) -> Vec<Item> {
        (0..self.0.usize(0..6)).map(|_| self.item()).collect()
    }

    fn item(&mut self) -> Item {
        Item { id: self.0.u32(0..1000), name: self.word(), is_new: self.0.bool() }
    }

    fn pieces(&mut self, depth: usize) -> Vec<Piece> {
        (0..self.0.usize(0..4)).map(|_| self.piece(depth)).collect()
    }

    fn piece(&mut self, depth: usize) -> Piece {
        let below = depth.saturating_sub(1);
        let first = if depth == 0 { 5 } else { 0 };
        match self.0.u8(first..16) {
            0 | 1 => Piece::Section { class: self.0.bool().then(|| self.word()), pieces: self.pieces(below) },
            2 => Piece::Branch { arm: self.0.u8(0..3), text: self.word(), pieces: self.pieces(below) },
            3 => Piece::Maybe(self.0.bool().then(|| Box::new(self.piece(below)))),
            4 => Piece::Several(self.pieces(below)),
            5 => Piece::Text(self.word()),
            6 => Piece::Paragraph { class: self.word(), text: self.word() },
            7 => Piece::Words((0..self.0.usize(0..3)).map(|_| self.word()).collect()),
            8 => Piece::Raw(self.0.choice(["", "<b>raw</b>", "text <i>x</i> text"]).unwrap_or_default().to_owned()),
            9 => Piece::List { is_keyed: self.0.bool(), items: self.unique_items() },
            10 => Piece::Loose(self.items()),
            11 => Piece::Table(self.items()),
            12 => Piece::Nested((0..self.0.usize(0..4)).map(|_| self.items()).collect()),
            13 => match self.0.bool() {
                true => Piece::Options(self.items()),
                false => Piece::Drawing(self.items()),
            },
            14 => Piece::Alike { arm: self.0.u8(0..7), text: self.word(), piece: Box::new(self.piece(below)) },
            _ => Piece::Field { id: format!("field-{}", self.0.u16(..)), text: self.word() },
        }
    }

    fn unique_items(&mut self) -> Vec<Item> {
        let mut items = self.items();
        items.sort_by_key(|item| item.id);
        items.dedup_by_key(|item| item.id);
        self.0.shuffle(&mut items);
        items
    }

    /// Changes something, somewhere.
    fn change(&mut self, pieces: &mut Vec<Piece>, depth: usize) {
        let place = self.0.usize(0..=pieces.len());
        match self.0.u8(0..8) {
            0 => pieces.insert(place, self.piece(depth)),
            1 if place < pieces.len() => drop(pieces.remove(place)),
            2 => self.0.shuffle(pieces),
            _ if place < pieces.len() => self.change_piece(&mut pieces[place], depth),
            _ => {}
        }
    }

    fn change_piece(&mut self, piece: &mut Piece, depth: usize) {
        let below = depth.saturating_sub(1);
        match piece {
            Piece::Section { pieces, .. } | Piece::Several(pieces) if self.0.bool() => self.change(pieces, below),
            Piece::Branch { pieces, .. } if self.0.bool() => self.change(pieces, below),
            Piece::Alike { arm, .. } if self.0.bool() => *arm = self.0.u8(0..7),
            Piece::Alike { piece, .. } => self.change_piece(piece, below),
            Piece::Maybe(Some(piece)) if self.0.bool() => self.change_piece(piece, below),
            Piece::Section { class, .. } => *class = Some(self.word()),
            Piece::Branch { arm, text, .. } => (*arm, *text) = (self.0.u8(0..3), self.word()),
            Piece::Paragraph { text, .. } | Piece::Field { text, .. } => *text = self.word(),
            Piece::List { items, .. } | Piece::Loose(items) | Piece::Table(items) | Piece::Options(items) => {
                self.change_items(items);
            }
            Piece::Drawing(items) => self.change_items(items),
            Piece::Nested(lists) => match self.0.choice(&mut *lists) {
                Some(items) if self.0.u8(0..4) > 0 => self.change_items(items),
                _ => lists.insert(self.0.usize(0..=lists.len()), self.items()),
            },
            piece => *piece = self.piece(depth),
        }
    }

    fn change_items(&mut self, items: &mut Vec<Item>) {
        let place = self.0.usize(0..=items.len());
        match self.0.u8(0..6) {
            0 => {
                let mut item = self.item();
                item.id += 1000 * u32::try_from(items.len()).unwrap_or_default() + 1000;
                items.insert(place, item);
            }
            1 if place < items.len() => drop(items.remove(place)),
            2 => self.0.shuffle(items),
            3 => items.reverse(),
            _ if place < items.len() => items[place].name = self.word(),
            _ => {}
        }
    }

    /// A page as it is first, and each reply with the markup that the page should have then.
    fn sequence(&mut self) -> Value {
        let mut pieces = self.pieces(3);
        let mut title = "first".to_owned();
        let first = page(&pieces, &title);
        let mut shown = fingerprint_of(&first);
        let mut steps = Vec::new();
        for version in 1..=CHANGES {
            for _ in 0..self.0.usize(1..4) {
                self.change(&mut pieces, 3);
            }
            if self.0.u8(0..4) == 0 {
                title = self.word();
            }
            let view = page(&pieces, &title);
            let (now, patch) = patch_of(&shown, &view, "capability");
            let view_json = match &patch {
                Some(patch) => json!({ "instance": "A", "from": version - 1, "version": version, "patch": patch }),
                // The versions go on, so that each step has one.
                None => json!({ "instance": "A", "from": version - 1, "version": version, "patch": [null, []] }),
            };
            shown = now;
            let reply = json!({ "view": view_json, "actions": [] }).to_string();
            steps.push(json!({ "reply": reply, "html": html_of(view, "capability") }));
        }
        json!({ "html": html_of(first, "capability"), "steps": steps })
    }
}

/// Patches each page of a batch step by step, and tells the first that is not as it would be if it was loaded. Whatever asks
/// for more than the patch is wrong as well.
const PATCH_ALL: &str = r#"
    const [batch, done] = arguments;
    (async () => {
        const { start } = await import("/_filekit/client.js");
        document.body.removeAttribute("data-filekit-live");
        document.body.setAttribute("data-filekit-instance", "A.0");
        for (const { html, steps } of batch) {
            const root = document.createElement("div");
            root.id = "filekit";
            root.innerHTML = html;
            document.getElementById("filekit").replaceWith(root);
            let answers = [];
            const send = async () => ({ status: 200, type: "application/json", text: answers.shift() ?? "", header: () => null });
            const page = start(document, { send });
            let before = html;
            for (const { reply, html } of steps) {
                answers = [reply];
                page.sync(page);
                for (let turn = 0; turn < 50 && answers.length > 0; turn += 1) await null;
                await new Promise(done => { const { port1, port2 } = new MessageChannel(); port1.onmessage = done; port2.postMessage(0); });
                const fresh = document.createElement("div");
                fresh.id = "filekit";
                fresh.innerHTML = html;
                if (!root.isEqualNode(fresh)) return { before, reply, patched: root.innerHTML, fresh: fresh.innerHTML };
                before = html;
            }
        }
        return null;
    })().then(done, error => done(String(error && error.stack || error)));
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_patched_page_equals_a_fresh_one() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seed = setting("FILEKIT_SEED").unwrap_or_else(|| fastrand::u64(..));
    let sequences = setting("FILEKIT_SEQUENCES").map_or(2_000, |count: u64| usize::try_from(count).unwrap());
    let mut maker = Maker(Rng::with_seed(seed));

    let app = TestApp::new(Router::new().route("/", get(async || view![p("ready")])));
    let address = app.listen().await;
    let browser = Browser::start().await;
    for _ in 0..sequences.div_ceil(BATCH) {
        // What listened to the pages before, in the same document, would take most of the time after a few hundred.
        browser.open(&format!("http://{address}/")).await;
        let batch: Vec<Value> = (0..BATCH).map(|_| maker.sequence()).collect();
        let difference = browser.run_async(PATCH_ALL, &[Value::Array(batch)]).await;
        assert!(difference.is_null(), "with FILEKIT_SEED={seed}:\n{difference:#}");
    }
}
