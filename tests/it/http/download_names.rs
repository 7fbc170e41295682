//! Names of downloads: any text, in both forms of the header, read back by the rules of the RFCs.

use axum::http::StatusCode;
use filekit::prelude::*;
use filekit::storage::SafeName;
use filekit_tests::{TestApp, Visitor};

#[state]
#[derive(Default)]
struct Desk {
    used: u32,
}

#[state]
impl Desk {
    #[event]
    fn named(&self, name: String) -> Download {
        Download::data("x").filename(name)
    }
}

/// Many names on one page; each is a link.
async fn page(_: Current<Desk>, names: axum::Extension<Vec<String>>) -> View {
    view![for (nth, name) in names.iter().enumerate() {
        link(href = Desk::named(name.clone()), nth)
    }]
}

async fn visitor(names: Vec<String>) -> Visitor {
    TestApp::new(Router::new().route("/", get(page)).layer(axum::Extension(names))).visitor().await
}

/// Both forms of a `Content-Disposition`, as RFC 6266 and RFC 8187 have them read.
fn read(header: &str) -> (String, String) {
    let rest = header.strip_prefix("attachment; filename=\"").expect("the plain form comes first");
    let (plain, extended) = rest.split_once("\"; filename*=UTF-8''").expect("the extended form follows");
    let is_attribute = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~%".contains(&byte);
    assert!(extended.bytes().all(is_attribute), "{header}");
    assert!(!plain.contains(['"', '\\', '%']), "{header}");
    let extended = percent_decoded(extended);
    (plain.to_owned(), String::from_utf8(extended).expect("UTF-8"))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let digit = |bytes: &mut std::str::Bytes<'_>| {
        let digit = bytes.next().expect("two digits follow a sign of percent");
        char::from(digit).to_digit(16).expect("a digit")
    };
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => u8::try_from(16 * digit(&mut bytes) + digit(&mut bytes)).expect("a byte"),
            byte => byte,
        });
    }
    decoded
}

/// A text of characters from all over Unicode, most often from where names go wrong.
fn random_name(random: &mut fastrand::Rng) -> String {
    const TROUBLE: &[char] =
        &['"', '\\', '/', '%', ';', '=', '\'', '*', '.', ' ', '\u{202e}', '\u{301}', '~', 'e', '😀'];
    let length = random.usize(1..40);
    (0..length).map(|_| if random.bool() { *random.choice(TROUBLE).unwrap_or(&'a') } else { random.char(..) }).collect()
}

#[tokio::test]
pub(super) async fn any_name_is_read_back_as_the_clean_name() {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let names: Vec<String> = (0..500).map(|_| random_name(&mut random)).collect();
    let mut visitor = visitor(names.clone()).await;
    let mut good = 0;
    for (nth, name) in names.iter().enumerate() {
        let reply = visitor.click(&nth.to_string()).await;
        let is_name = !name.contains(char::is_control) && !name.trim().is_empty();
        let Some(clean) = SafeName::parse(name).ok().filter(|_| is_name) else {
            assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR, "{name:?} with seed {seed}");
            continue;
        };
        good += 1;
        assert_eq!(reply.status(), StatusCode::OK, "{name:?} with seed {seed}");
        let (plain, extended) = read(reply.header("content-disposition"));
        assert_eq!(extended, clean.as_str(), "{name:?} with seed {seed}");
        assert_eq!(plain.chars().count(), clean.chars().count(), "{name:?} with seed {seed}");
    }
    assert!(good > 100, "{good} of the names of seed {seed} are names");
}

#[tokio::test]
pub(super) async fn known_traps_have_harmless_names() {
    let long = format!("{}.txt", "x".repeat(300));
    let cut = format!("{}.txt", "x".repeat(226));
    let table: &[(&str, &str, &str)] = &[
        ("a b.txt", "a b.txt", "a b.txt"),
        ("€ rates.txt", "_ rates.txt", "€ rates.txt"),
        ("ä.txt", "_.txt", "ä.txt"),
        ("a\u{308}.txt", "_.txt", "ä.txt"),
        ("%e2%82%ac.txt", "_e2_82_ac.txt", "%e2%82%ac.txt"),
        ("=?UTF-8?B?4oKs?=", "=?UTF-8?B?4oKs?=", "=?UTF-8?B?4oKs?="),
        ("a\"b.txt", "a_b.txt", "a\"b.txt"),
        ("dir/evil.txt", "evil.txt", "evil.txt"),
        ("/data/ada/notes.txt", "notes.txt", "notes.txt"),
        (".htaccess", "htaccess", "htaccess"),
        ("a.txt.", "a.txt", "a.txt"),
        ("a\u{202e}txt.exe", "atxt.exe", "atxt.exe"),
        ("CON.txt", "_CON.txt", "_CON.txt"),
        ("😀.png", "_.png", "😀.png"),
        ("x.jpg.html", "x.jpg.html", "x.jpg.html"),
        (&long, &cut, &cut),
    ];
    let mut visitor = visitor(table.iter().map(|(name, ..)| (*name).to_owned()).collect()).await;
    for (nth, (name, plain, extended)) in table.iter().enumerate() {
        let reply = visitor.click(&nth.to_string()).await;
        let read = read(reply.header("content-disposition"));
        assert_eq!((read.0.as_str(), read.1.as_str()), (*plain, *extended), "{name:?}");
    }
}
