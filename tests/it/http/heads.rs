//! Heads of parts, as programs send them and as attackers might: what is stored, what is answered, and that no answer says
//! success without the file.
//!
//! Heads that name a version were taken from that program's request for files whose names have a quote, a backslash, a
//! semicolon, a percent sign, a blank and a letter that is not ASCII in them; the others follow the program's source.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use filekit::prelude::*;
use filekit_tests::{BOUNDARY, Entries, Multipart, Reply, TestApp, Visitor};

#[state]
#[derive(Default)]
struct Album {
    /// What the clients called the files.
    sent: Vec<String>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<()> {
        for photo in photos {
            self.sent.push(photo.client_name().to_owned());
            photo.save().await?;
        }
        Ok(())
    }

    #[event]
    async fn read(&mut self, mut photos: UploadStream) -> Result<()> {
        while let Some(photo) = photos.next_file().await? {
            self.sent.push(photo.client_name().to_owned());
            photo.save().await?;
        }
        Ok(())
    }

    #[event]
    fn note(&mut self, text: String, photos: Vec<UploadFile>) {
        self.sent.push(format!("{text} and {} files", photos.len()));
    }
}

async fn page(album: Current<Album>) -> View {
    view![
        upload(id = "photos", "Photos"),
        button(on_click = Album::keep(upload_files("photos")), "Keep"),
        upload(id = "my photos", "My photos"),
        button(on_click = Album::keep(upload_files("my photos")), "Keep mine"),
        upload(id = "raw", "Raw"),
        button(on_click = Album::read(upload_files("raw")), "Read"),
        input(id = "5\" note"),
        upload(id = "5\" photos", "Wide"),
        button(on_click = Album::note(value_of("5\" note"), upload_files("5\" photos")), "Note"),
        ul(for name in &album.sent {
            li(name)
        }),
    ]
}

fn app() -> TestApp {
    TestApp::new(Router::new().route("/", get(page)))
}

/// How a request comes: from a script or another program that calls an event, or as the form that a browser sends itself.
#[derive(Clone, Copy, Debug)]
enum Route {
    Call,
    Form,
}

/// A part with this head, which is a file that has a text of seven bytes in it.
fn part(head: &str) -> String {
    format!("--{BOUNDARY}\r\n{head}\r\n\r\ncontent\r\n")
}

impl Route {
    const ALL: [Self; 2] = [Self::Call, Self::Form];

    /// A request that brings these parts, as they are, to the event of the button.
    fn request(self, visitor: &Visitor, [upload, button]: [&str; 2], parts: &str) -> Request<Body> {
        let parts = format!("{parts}--{BOUNDARY}--\r\n");
        match self {
            Self::Call => {
                let call = Multipart::new(&visitor.upload_call(upload)).unfinished();
                visitor.upload_request([&*call, parts.as_bytes()].concat())
            }
            Self::Form => {
                let mut request = visitor.submission(button, Entries::new()).map(|_| Body::from(parts));
                let mime = HeaderValue::try_from(format!("multipart/form-data; boundary={BOUNDARY}"));
                request.headers_mut().insert(header::CONTENT_TYPE, mime.expect("a header"));
                request
            }
        }
    }

    async fn send(self, app: &TestApp, target: [&str; 2], parts: &str) -> Reply {
        let mut visitor = app.visitor().await;
        let request = self.request(&visitor, target, parts);
        visitor.send(request).await
    }

    fn success(self) -> StatusCode {
        match self {
            Self::Call => StatusCode::OK,
            Self::Form => StatusCode::SEE_OTHER,
        }
    }

    /// The request was refused in these words, and nothing of it is left.
    fn assert_refused(self, app: &TestApp, reply: &Reply, (status, code, words): (u16, &str, &str), about: &str) {
        assert_eq!(reply.status(), status, "{about}, {self:?}: {}", reply.text());
        let said = match self {
            Self::Call => {
                assert_eq!(reply.code(), code, "{about}");
                reply.message()
            }
            Self::Form => reply.text().to_owned(),
        };
        assert!(said.contains(words), "{about}, {self:?}: {said}");
        assert_eq!(app.stored_names(), [""; 0], "{about}, {self:?}");
        assert!(app.spool_is_empty(), "{about}, {self:?}");
    }
}

const PHOTOS: [&str; 2] = ["photos", "Keep"];
const MY_PHOTOS: [&str; 2] = ["my photos", "Keep mine"];

#[rustfmt::skip] // Each line is one head.
const NAMED: &[(&str, &str, &str)] = &[
    ("curl 7.88.1", r#"Content-Disposition: form-data; name="photos"; filename="5%22 disk.img""#, r#"5" disk.img"#),
    ("curl 7.88.1", r#"Content-Disposition: form-data; name="photos"; filename="a%22;b.txt""#, r#"a";b.txt"#),
    ("curl 7.88.1", r#"Content-Disposition: form-data; name="photos"; filename="50% off.txt""#, "50% off.txt"),
    ("curl 7.88.1", r#"Content-Disposition: form-data; name="photos"; filename="back\slash.txt""#, "slash.txt"),
    ("curl 7.88.1", r#"Content-Disposition: form-data; name="photos"; filename="tail\""#, "tail"),
    ("curl 7.88.1", "Content-Disposition: form-data; name=\"photos\"; filename=\"bell\x07 \x1b[1mbold\x7f.txt\"\r\nContent-Type: text/plain", "bell [1mbold.txt"),
    ("undici 7.30.2", r#"Content-Disposition: form-data; name="photos"; filename="a%0D%0Ab.txt""#, "ab.txt"),
    ("form-data 4.0.6", r#"Content-Disposition: form-data; name="photos"; filename="%22all%22.txt""#, r#""all".txt"#),
    ("requests 2.34.2", r#"Content-Disposition: form-data; name="photos"; filename="5%22 disk.img""#, r#"5" disk.img"#),
    ("httpx 0.28.1", r#"Content-Disposition: form-data; name="photos"; filename="back\\slash.txt""#, "slash.txt"),
    ("aiohttp 3.14.5", r#"Content-Disposition: form-data; name="photos"; filename="50%25%20off.txt""#, "50%25%20off.txt"),
    ("needle 3.5.0", "Content-Disposition: form-data; name=\"photos\"; filename=\"plain.txt\"\r\nContent-Transfer-Encoding: binary\r\nContent-Type: text/plain", "plain.txt"),
    ("Apache httpmime 4.5.14", "Content-Disposition: form-data; name=\"photos\"; filename=\"5\\\" disk.img\"\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary", r#"5" disk.img"#),
    ("libsoup 3.2.3", r#"Content-Disposition: form-data; name="photos"; filename="5\" disk.img""#, r#"5" disk.img"#),
    ("libsoup 3.2.3", r#"Content-Disposition: form-data; name="photos"; filename="a\";b.txt""#, r#"a";b.txt"#),
    ("libsoup 3.2.3", r#"Content-Disposition: form-data; name="photos"; filename="tail\\""#, "tail"),
    ("libsoup 3.2.3", "Content-Disposition: form-data; name=\"photos\"; filename*=UTF-8''%E5%86%99%E7%9C%9F.png", "写真.png"),
    ("Net::HTTP of Ruby 3.1.2", r#"Content-Disposition: form-data; name="photos"; filename="\"all\".txt""#, r#""all".txt"#),
    ("Net::HTTP of Ruby 3.1.2", r#"Content-Disposition: form-data; name="photos"; filename="写真.png""#, "写真.png"),
    ("reqwest 0.12.28", r#"Content-Disposition: form-data; name="photos"; filename="5\" disk.img""#, r#"5" disk.img"#),
    ("rest-client 2.1.0", r#"Content-Disposition: form-data; name="photos"; filename="5" disk.img""#, r#"5" disk.img"#),
    ("rest-client 2.1.0", r#"Content-Disposition: form-data; name="photos"; filename="a";b.txt""#, r#"a";b.txt"#),
    ("rest-client 2.1.0", r#"Content-Disposition: form-data; name="photos"; filename=""all".txt""#, r#""all".txt"#),
    ("multipart-post 2.0.0", "Content-Disposition: form-data; name=\"photos\"; filename=\"5\" disk.img\"\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary", r#"5" disk.img"#),
    ("httpclient 2.8.3", r#"Content-Disposition: form-data; name="photos"; filename="5" disk.img"; modification-date="Sun, 29 Nov 2026 01:40:17 +0000"; read-date="Sun, 29 Nov 2026 01:40:19 +0000""#, r#"5" disk.img"#),
    ("httpclient 2.8.3", r#"Content-Disposition: form-data; name="photos"; filename="tail\"; modification-date="Sun, 29 Nov 2026 01:40:17 +0000"; read-date="Sun, 29 Nov 2026 01:40:19 +0000""#, "tail"),
    ("httpclient 2.8.3", r#"Content-Disposition: form-data; name="photos"; filename="""#, "file"),
    ("Guzzle 7.4.5", r#"Content-Disposition: form-data; name="photos"; filename="a";b.txt""#, r#"a";b.txt"#),
    ("Poco 1.11.0", r#"Content-Disposition: form-data; name="photos"; filename="5" disk.img""#, r#"5" disk.img"#),
    ("ureq 3.5.2", r#"Content-Disposition: form-data; name="photos"; filename=""all".txt""#, r#""all".txt"#),
    ("WWW::Mechanize 2.16", r#"Content-Disposition: form-data; name="photos"; filename="/data/ada/5\" disk.img""#, r#"5" disk.img"#),
    ("CURLFile of PHP 8.2.36", r#"Content-Disposition: form-data; name="photos"; filename="/data/ada/semi;colon.txt""#, "semi;colon.txt"),
    ("net/http of Go 1.19.8", r#"Content-Disposition: form-data; name="photos"; filename="/data/ada/back\\slash.txt""#, "slash.txt"),
    ("a program on Windows", r#"Content-Disposition: form-data; name="photos"; filename="C:\Users\ada\notes.txt""#, "notes.txt"),
    ("HttpClient of .NET", "Content-Disposition: form-data; name=photos; filename=\"=?utf-8?B?5YaZ55yfLnBuZw==?=\"; filename*=utf-8''%E5%86%99%E7%9C%9F.png", "写真.png"),
    ("a browser, of a saved page", "Content-Disposition: form-data; name=\"photos\"; filename=\"page.mhtml\"\r\nContent-Type: multipart/related", "page.mhtml"),
];

#[tokio::test]
async fn files_of_real_programs_are_stored_under_the_names_that_they_mean() {
    for (sender, head, name) in NAMED {
        for route in Route::ALL {
            let app = app();
            let reply = route.send(&app, PHOTOS, &part(head)).await;
            assert_eq!(reply.status(), route.success(), "{sender}, {route:?}: {}", reply.text());
            assert_eq!(app.stored_names(), [*name], "{sender}, {route:?}");
            assert_eq!(app.files().stored(name), b"content", "{sender}, {route:?}");
            assert!(app.spool_is_empty(), "{sender}, {route:?}");
        }
    }
}

#[tokio::test]
async fn a_field_whose_name_is_written_otherwise_gets_its_files() {
    // reqwest 0.12.28 and aiohttp 3.14.5.
    for name in ["name*=utf-8''my%20photos", r#"name="my photos""#] {
        let head = format!(r#"Content-Disposition: form-data; {name}; filename="a.txt""#);
        for route in Route::ALL {
            let app = app();
            let reply = route.send(&app, MY_PHOTOS, &part(&head)).await;
            assert_eq!(reply.status(), route.success(), "{name}, {route:?}: {}", reply.text());
            assert_eq!(app.stored_names(), ["a.txt"], "{name}, {route:?}");
        }
    }
}

#[tokio::test]
async fn controls_with_a_quote_in_their_names_keep_their_values_and_files() {
    let app = app();
    let mut visitor = app.visitor().await;
    let parts = [
        "Content-Disposition: form-data; name=\"5%22 note\"",
        "Content-Disposition: form-data; name=\"5%22 photos\"; filename=\"a.txt\"",
    ];
    let parts: String = parts.map(part).concat();
    let request = Route::Form.request(&visitor, ["5\" photos", "Note"], &parts);
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::SEE_OTHER, "{}", reply.text());
    assert_eq!(sent_names(&mut visitor).await, ["content and 1 files"]);
}

/// What the page lists, loaded anew.
async fn sent_names(visitor: &mut Visitor) -> Vec<String> {
    visitor.open("/").await;
    visitor.page().named("li").into_iter().map(|item| item.text()).collect()
}

#[tokio::test]
async fn an_event_is_told_the_whole_name_that_was_sent() {
    for route in Route::ALL {
        let app = app();
        let mut visitor = app.visitor().await;
        let parts = [r"C:\Users\ada\notes.txt", "/data/ada/notes.txt", "50% off.txt"];
        let parts =
            parts.map(|name| part(&format!(r#"Content-Disposition: form-data; name="photos"; filename="{name}""#)));
        let request = route.request(&visitor, PHOTOS, &parts.concat());
        assert_eq!(visitor.send(request).await.status(), route.success());
        let names = sent_names(&mut visitor).await;
        assert_eq!(names, [r"C:\Users\ada\notes.txt", "/data/ada/notes.txt", "50% off.txt"], "{route:?}");
        assert_eq!(app.stored_names(), ["50% off.txt", "notes.txt", "notes.txt"]);
    }
}

const NO_FILE_NAME: (u16, &str, &str) = (422, "upload.no-file-name", "in the part “photos”");

/// Heads of parts that have content and no file name.
const NAMELESS: &[(&str, &str)] = &[
    ("Net::HTTP of Ruby 3.1.2, StringIO", r#"Content-Disposition: form-data; name="photos""#),
    (
        "Apache httpmime 4.5.14, a stream",
        "Content-Disposition: form-data; name=\"photos\"\r\nContent-Type: application/octet-stream\r\n\
         Content-Transfer-Encoding: binary",
    ),
    (
        "form-data 4.0.6 and superagent 10.4.2, a Buffer",
        "Content-Disposition: form-data; name=\"photos\"\r\nContent-Type: application/octet-stream",
    ),
    ("Poco 1.11.0, a string", "Content-Disposition: form-data; name=\"photos\"\r\nContent-Type: text/plain"),
    ("a continued value of RFC 2231", "Content-Disposition: form-data; name=\"photos\"; filename*0=a; filename*1=.txt"),
];

#[tokio::test]
async fn a_part_of_an_upload_that_has_content_and_no_file_name_is_refused_with_its_name() {
    for (sender, head) in NAMELESS {
        for route in Route::ALL {
            let app = app();
            let good = part(r#"Content-Disposition: form-data; name="photos"; filename="good.txt""#);
            let reply = route.send(&app, PHOTOS, &(good + &part(head))).await;
            route.assert_refused(&app, &reply, NO_FILE_NAME, sender);
        }
    }
}

#[tokio::test]
async fn an_event_that_reads_while_files_arrive_fails_at_a_file_without_a_name() {
    for route in Route::ALL {
        let app = app();
        let parts = part(r#"Content-Disposition: form-data; name="raw"; filename="good.txt""#)
            + &part(r#"Content-Disposition: form-data; name="raw""#);
        let reply = route.send(&app, ["raw", "Read"], &parts).await;
        route.assert_refused(&app, &reply, (422, "upload.no-file-name", "in the part “raw”"), "a stream");
    }
}

#[tokio::test]
async fn several_files_in_one_part_are_refused_in_words_that_say_so() {
    // curl 7.88.1 with -F 'photos=@plain.txt,"50% off.txt"'.
    let nested = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photos\"\r\n\
         Content-Type: multipart/mixed; boundary=------------------------9c0bc7ad16694abb\r\n\r\n\
         --------------------------9c0bc7ad16694abb\r\n\
         Content-Disposition: attachment; filename=\"plain.txt\"\r\nContent-Type: text/plain\r\n\r\ncontent\r\n\
         --------------------------9c0bc7ad16694abb\r\n\
         Content-Disposition: attachment; filename=\"50% off.txt\"\r\nContent-Type: text/plain\r\n\r\ncontent\r\n\
         --------------------------9c0bc7ad16694abb--\r\n\r\n"
    );
    for route in Route::ALL {
        let app = app();
        let reply = route.send(&app, PHOTOS, &nested).await;
        let expected = (415, "upload.nested-multipart", "The part “photos” holds several files");
        route.assert_refused(&app, &reply, expected, "curl");
    }
}

#[tokio::test]
async fn an_input_in_which_nothing_was_chosen_is_no_file() {
    for head in [
        r#"Content-Disposition: form-data; name="photos"; filename="""#,
        r#"Content-Disposition: form-data; name="photos""#,
        "Content-Disposition: form-data; name=\"photos\"; filename=\"\"\r\nContent-Type: application/octet-stream",
    ] {
        for route in Route::ALL {
            let app = app();
            let reply = route.send(&app, PHOTOS, &format!("--{BOUNDARY}\r\n{head}\r\n\r\n\r\n")).await;
            assert_eq!(reply.status(), route.success(), "{head}, {route:?}: {}", reply.text());
            assert_eq!(app.stored_names(), [""; 0], "{head}, {route:?}");
        }
    }
}

#[tokio::test]
async fn a_path_that_leads_out_of_its_folder_is_refused() {
    for name in ["../a.txt", r"..\a.txt", "/data/../a.txt", r"C:\..\a.txt", ".."] {
        let head = format!(r#"Content-Disposition: form-data; name="photos"; filename="{name}""#);
        for route in Route::ALL {
            let app = app();
            let reply = route.send(&app, PHOTOS, &part(&head)).await;
            route.assert_refused(&app, &reply, (422, "upload.unsafe-name", "is not allowed"), name);
        }
    }
}

#[tokio::test]
async fn characters_that_are_not_seen_do_not_stay_in_names() {
    // A variation selector, a tag, a filler of Hangul, a combining joiner, Braille without a dot, an ignorable that is not assigned.
    for hidden in ['\u{fe0f}', '\u{e0061}', '\u{3164}', '\u{34f}', '\u{2800}', '\u{fff0}', '\u{e0fff}'] {
        let head = format!(r#"Content-Disposition: form-data; name="photos"; filename="photo{hidden}.jpg""#);
        for route in Route::ALL {
            let app = app();
            let reply = route.send(&app, PHOTOS, &part(&head)).await;
            assert_eq!(reply.status(), route.success(), "{hidden:?}, {route:?}: {}", reply.text());
            assert_eq!(app.stored_names(), ["photo.jpg"], "{hidden:?}, {route:?}");
        }
    }
}

const MALFORMED: (u16, &str, &str) = (400, "request.malformed", "did not understand");

#[tokio::test]
async fn a_part_that_a_scanner_in_front_would_read_otherwise_is_refused() {
    let file = r#"Content-Disposition: form-data; name="photos"; filename="a.txt""#;
    for (about, head) in [
        ("a line like a delimiter", format!("X-One: 1\r\n--{BOUNDARY}\r\n{file}")),
        ("a field like a delimiter", format!("{file}\r\n--{BOUNDARY}: x")),
        ("a delimiter that ends the body", format!("{file}\r\n--{BOUNDARY}--: x")),
        ("a line feed in a name", file.replace("a.txt", "a\nb.txt")),
        ("a carriage return in a name", file.replace("a.txt", "a\rb.txt")),
        // net/http of Go 1.19.8 writes a name with a line break so.
        ("a line break in a name", file.replace("a.txt", "a\r\nb.txt")),
        ("a zero byte in a name", file.replace("a.txt", "a.txt\0.exe")),
        // curl 7.88.1 with `;encoder=base64`.
        ("content in base64", format!("{file}\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64")),
        ("content in quoted-printable", format!("{file}\r\nContent-Transfer-Encoding: quoted-printable")),
        ("two names of a file", format!("{file}; filename=\"b.exe\"")),
        ("two dispositions", format!("{file}\r\n{file}")),
        ("a folded field", format!("{file};\r\n\tfilename*=UTF-8''b:c")),
        ("a blank behind a field's name", file.replace("Disposition:", "Disposition :")),
        ("no name of a control", r#"Content-Disposition: form-data; filename="a.txt""#.to_owned()),
        ("another disposition", file.replace("form-data", "attachment")),
    ] {
        for route in Route::ALL {
            let app = app();
            let reply = route.send(&app, PHOTOS, &part(&head)).await;
            route.assert_refused(&app, &reply, MALFORMED, about);
        }
    }
}

#[tokio::test]
async fn a_body_with_two_boundaries_or_two_types_is_refused() {
    let file = part(r#"Content-Disposition: form-data; name="photos"; filename="a.txt""#);
    let own = format!("multipart/form-data; boundary={BOUNDARY}");
    for (types, code) in [
        (vec![format!("{own}; boundary=other")], MALFORMED),
        (vec![format!("{own}; Boundary={BOUNDARY}")], MALFORMED),
        (vec![format!("{own}; boundary*=utf-8''other")], MALFORMED),
        (vec![own.clone(), "multipart/form-data; boundary=other".to_owned()], MALFORMED),
        (vec![own.clone(), own.clone()], MALFORMED),
    ] {
        for route in Route::ALL {
            let app = app();
            let mut visitor = app.visitor().await;
            let mut request = route.request(&visitor, PHOTOS, &file);
            request.headers_mut().remove(header::CONTENT_TYPE);
            for mime in &types {
                let mime = HeaderValue::try_from(mime).expect("a header");
                request.headers_mut().append(header::CONTENT_TYPE, mime);
            }
            let reply = visitor.send(request).await;
            route.assert_refused(&app, &reply, code, &format!("{types:?}"));
        }
    }
}
