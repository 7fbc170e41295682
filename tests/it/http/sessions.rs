//! What a stranger would gain from a session that is not theirs: one made up, one set in another's browser, one that was known before a
//! sign-in or kept after a sign-out.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Redirect;
use filekit::event::RenewSession;
use filekit::prelude::*;
use filekit_tests::{Connection, Entries, Log, Multipart, Reply, Site, TestApp, Visitor};
use serde_json::{Value, json};

#[state]
#[derive(Default)]
struct Account {
    user: String,
    notes: Vec<String>,
}

#[state]
impl Account {
    #[event]
    fn sign_in(&mut self) -> (RenewSession, Toast) {
        self.user = "Ada".to_owned();
        (RenewSession, Toast::success("Welcome."))
    }

    #[event]
    async fn sign_in_too_late(&mut self, updates: Updates) -> Result<RenewSession> {
        self.user = "Ada".to_owned();
        updates.send(self).await?;
        Ok(RenewSession)
    }

    #[event]
    async fn sign_out(&self, #[extract] filekit: FileKit, #[extract] session: SessionId) -> Result<()> {
        filekit.end_session(&session).await
    }

    #[event]
    fn note(&mut self) {
        self.notes.push("a note".to_owned());
    }

    #[event]
    async fn keep(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.notes.push(file.save().await?.name().to_owned());
        }
        Ok(())
    }

    #[event]
    fn secret(&self) -> Download {
        Download::data(format!("secret of {}", self.user)).filename("secret.txt")
    }
}

async fn page(account: Current<Account>) -> View {
    view![
        p("user ", &account.user, ": ", account.notes.join(", ")),
        button(on_click = Account::sign_in, "Sign in"),
        button(on_click = Account::sign_in_too_late, "Sign in too late"),
        button(on_click = Account::sign_out, "Sign out"),
        button(on_click = Account::note, "Note"),
        button(on_click = Account::secret, "Secret"),
        upload(id = "files", "Drop"),
        button(on_click = Account::keep(upload_files("files")), "Keep"),
    ]
}

async fn signed_in(filekit: FileKit, session: SessionId) -> Result<Redirect> {
    let new = filekit.renew_session(&session).await?;
    // What knows the old id goes on with the new one.
    filekit.update::<Account>(&session, |account| account.user = "Ada".to_owned()).await?;
    filekit.update::<Account>(&new, |account| account.notes.push("by password".to_owned())).await?;
    Ok(Redirect::to("/"))
}

async fn signed_out(filekit: FileKit, session: SessionId) -> Result<Redirect> {
    filekit.end_session(&session).await?;
    let late = filekit.update::<Account>(&session, |account| account.user = "a ghost".to_owned()).await;
    assert!(late.is_err(), "nobody has that session");
    Ok(Redirect::to("/"))
}

fn app() -> TestApp {
    let pages = Router::new().route("/", get(page));
    TestApp::new(pages.route("/sign-in", post(signed_in)).route("/sign-out", post(signed_out)))
}

/// The cookie that carries the visitor's session, with its name; nothing if there is none.
fn session_of(visitor: &Visitor) -> String {
    let session = visitor.cookies().iter().find(|(name, _)| name.starts_with("filekit_session_"));
    session.map(|(name, value)| format!("{name}={value}")).unwrap_or_default()
}

/// What somebody sees who shows only this session, and the session that they have then.
async fn seen_with(app: &TestApp, session: &str) -> (String, String) {
    let mut stranger = app.stranger();
    stranger.always_send("cookie", session);
    let reply = stranger.open("/").await;
    let after = session_of(&stranger);
    assert_eq!(reply.status(), StatusCode::OK);
    (user_line(&stranger), after)
}

async fn own_page(visitor: &mut Visitor) -> String {
    visitor.open("/").await;
    user_line(visitor)
}

/// What the page says of its visitor, below what it may say of a form that was sent.
fn user_line(visitor: &Visitor) -> String {
    visitor.page().named("p").last().expect("a line").text()
}

async fn posted(visitor: &mut Visitor, path: &str) -> Reply {
    let cookie = session_of(visitor);
    let request = Request::post(path).header("host", "filekit.test").header("cookie", cookie);
    visitor.send(request.body(Body::empty()).expect("a request")).await
}

fn upload(visitor: &Visitor) -> Request<Body> {
    visitor.upload_request(Multipart::new(&visitor.upload_call("files")).file("files", "a.txt", b"a").finish())
}

#[tokio::test]
async fn a_session_that_somebody_made_up_is_none() {
    let app = app();
    let session = session_of(&app.visitor().await);
    let (name, genuine) = session.split_once('=').expect("a cookie");
    let mut altered = genuine.as_bytes().to_vec();
    altered[30] = if altered[30] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).expect("ASCII");
    for made_up in ["AAAAAAAAAAAAAAAAAAAAAA", "", &"A".repeat(48), &altered] {
        let (seen, after) = seen_with(&app, &format!("{name}={made_up}")).await;
        assert_eq!(seen, "user :");
        assert!(after.starts_with(name) && after != format!("{name}={made_up}"), "{made_up} became {after}");
    }
    assert_eq!(seen_with(&app, &session).await.1, session, "a genuine one stays");
}

/// Signs in and out in every way that there is, each on an app of its own.
async fn in_every_way(check: impl AsyncFn(&TestApp, &mut Visitor, &str)) {
    for way in ["event", "form", "handler"] {
        let app = app();
        let mut visitor = app.visitor().await;
        visitor.click("Note").await;
        visitor.open("/").await;
        check(&app, &mut visitor, way).await;
    }
}

async fn sign_in(visitor: &mut Visitor, way: &str) {
    let reply = match way {
        "event" => visitor.click("Sign in").await,
        "form" => visitor.submit("Sign in", Entries::new()).await,
        _ => posted(visitor, "/sign-in").await,
    };
    assert!(!reply.status().is_client_error() && !reply.status().is_server_error(), "{way}: {}", reply.text());
}

async fn sign_out(visitor: &mut Visitor, way: &str) {
    let reply = match way {
        "event" => visitor.click("Sign out").await,
        "form" => visitor.submit("Sign out", Entries::new()).await,
        _ => posted(visitor, "/sign-out").await,
    };
    assert!(!reply.status().is_client_error() && !reply.status().is_server_error(), "{way}: {}", reply.text());
}

#[tokio::test]
async fn a_session_that_was_known_before_a_sign_in_is_not_signed_in() {
    in_every_way(async |app, visitor, way| {
        let before = session_of(visitor);
        let old = [visitor.event(&visitor.call_of("Note")), upload(visitor)];
        let link = visitor.page().href("Secret").to_owned();
        sign_in(visitor, way).await;
        let after = session_of(visitor);
        assert_ne!(after, before, "{way}");

        let (seen, got) = seen_with(app, &before).await;
        assert_eq!((seen.as_str(), got.as_str()), ("user :", ""), "{way}: nor does a late request undo the sign-in");
        for request in old {
            let reply = app.stranger().send(request).await;
            assert!(reply.status().is_client_error() && !reply.text().contains("Ada"), "{way}: {}", reply.text());
        }
        assert!(visitor.get(&link).await.status().is_client_error(), "{way}");
        assert_eq!(app.stored_names(), [""; 0], "{way}");

        let own = own_page(visitor).await;
        assert!(own.starts_with("user Ada: a note"), "{way}: the state moved along: {own}");
        assert_eq!(session_of(visitor), after, "{way}");
    })
    .await;
}

#[tokio::test]
async fn an_event_that_signs_in_is_answered_with_a_page_that_works_on() {
    let app = app();
    let mut visitor = app.visitor().await;
    let reply = visitor.click("Sign in").await;
    assert_eq!(reply.actions()[0]["text"], "Welcome.");
    assert_eq!(visitor.page().named("p")[0].text(), "user Ada:");
    assert_eq!(visitor.click("Note").await.status(), StatusCode::OK);
    assert_eq!(visitor.page().named("p")[0].text(), "user Ada: a note");
    assert_eq!(visitor.click("Secret").await.text(), "secret of Ada");
}

#[tokio::test]
async fn a_session_that_was_kept_after_a_sign_out_is_worth_nothing() {
    in_every_way(async |app, visitor, way| {
        sign_in(visitor, "event").await;
        visitor.open("/").await;
        let kept = session_of(visitor);
        let old = [visitor.event(&visitor.call_of("Note")), upload(visitor)];
        let link = visitor.page().href("Secret").to_owned();
        sign_out(visitor, way).await;
        assert_ne!(session_of(visitor), kept, "{way}");
        let (seen, after) = seen_with(app, &kept).await;
        assert_eq!(seen, "user :", "{way}");
        assert_ne!(after, kept, "{way}");
        for request in old {
            assert!(app.stranger().send(request).await.status().is_client_error(), "{way}");
        }
        let mut thief = app.stranger();
        thief.always_send("cookie", &kept);
        assert!(thief.get(&link).await.status().is_client_error(), "{way}");
        assert_eq!(own_page(visitor).await, "user :", "{way}");
        assert_eq!(visitor.click("Note").await.status(), StatusCode::OK, "{way}: the new session works");
    })
    .await;
}

#[tokio::test]
async fn an_event_whose_answer_has_begun_signs_nobody_in() {
    let app = app();
    let log = Log::record();
    let mut visitor = app.visitor().await;
    let before = session_of(&visitor);
    let request = visitor.event(&visitor.call_of("Sign in too late"));
    let reply = visitor.send(request).await;
    assert!(reply.text().contains("event.failed"), "{}", reply.text());
    assert!(log.text().contains("cannot return `RenewSession`"), "{}", log.text());
    assert_eq!(own_page(&mut visitor).await, "user :");
    assert_eq!(session_of(&visitor), before);
}

fn instance(visitor: &Visitor) -> String {
    visitor.page().named("body")[0].attribute("data-filekit-instance").expect("an instance").to_owned()
}

fn to(visitor: &Visitor, method: Method, uri: &str, body: &Value) -> Request<Body> {
    let mut request = visitor.event(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri.parse().expect("a path");
    request
}

/// What a page asks for by itself and on a click, with the cookies of `visitor` but the session `cookies` says.
fn requests_of_page(visitor: &Visitor, cookies: &str) -> Vec<(&'static str, Request<Body>)> {
    let mut call = visitor.call_of("Note");
    call["instance"] = json!(instance(visitor));
    let view = json!({ "page": "/", "instance": instance(visitor) });
    let live = format!("/_filekit/live?page=%2F&instance={}", instance(visitor));
    let mut upload_call = visitor.upload_call("files");
    upload_call["instance"] = json!(instance(visitor));
    let body = Multipart::new(&upload_call).file("files", "private.txt", b"a").finish();
    let mut requests = vec![
        ("event", visitor.event(&call)),
        ("upload", visitor.upload_request(body)),
        ("view", to(visitor, Method::POST, "/_filekit/view", &view)),
        ("live", to(visitor, Method::GET, &live, &json!({}))),
    ];
    for (_, request) in &mut requests {
        request.headers_mut().remove("cookie");
        request.headers_mut().insert("cookie", cookies.parse().expect("a cookie"));
    }
    requests
}

#[tokio::test]
async fn a_page_whose_browser_was_given_another_session_sends_no_file_into_it() {
    let app = app();
    let (visitor, attacker) = (app.visitor().await, app.visitor().await);
    let planted = session_of(&attacker);
    for (what, request) in requests_of_page(&visitor, &planted) {
        if what == "live" {
            let told = app.stranger();
            assert_told_to_load_anew(&app, told, request).await;
            continue;
        }
        let reply = app.stranger().send(request).await;
        assert_eq!((reply.status(), &*reply.code()), (StatusCode::CONFLICT, "event.out-of-date"), "{what}");
        assert_eq!(reply.view().map(|_| ()), None, "{what}: it does not become the other's page");
    }
    assert_eq!(app.stored_names(), [""; 0]);
    assert_eq!(seen_with(&app, &session_of(&attacker)).await.0, "user :");
}

/// The answer ends after the words that lead the browser to the page.
async fn assert_told_to_load_anew(app: &TestApp, mut visitor: Visitor, request: Request<Body>) {
    let reply = visitor.send(request).await;
    assert!(reply.text().contains(r#""action":"redirect","url":"/""#), "{}", reply.text());
    assert!(app.stored_names().is_empty());
}

#[tokio::test]
async fn of_several_sessions_the_one_counts_that_the_page_was_made_for() {
    let app = app();
    let (mut visitor, attacker) = (app.visitor().await, app.visitor().await);
    let (own, planted) = (session_of(&visitor), session_of(&attacker));
    for cookies in [[&planted, &own], [&own, &planted]] {
        let cookies = cookies.map(String::as_str).join("; ");
        for (what, request) in requests_of_page(&visitor, &cookies) {
            if what != "live" {
                let reply = app.stranger().send(request).await;
                assert_eq!(reply.status(), StatusCode::OK, "{what}: {}", reply.text());
            }
        }
    }
    assert_eq!(own_page(&mut visitor).await.matches("a note").count(), 2);
    assert_eq!(app.stored_names().len(), 2);
    assert_eq!(seen_with(&app, &planted).await.0, "user :", "the stranger got none of it");
}

#[tokio::test]
async fn a_page_that_is_asked_for_with_several_sessions_shows_none_of_them() {
    let app = app();
    let (mut one, mut other) = (app.visitor().await, app.visitor().await);
    one.click("Sign in").await;
    other.click("Note").await;
    let log = Log::record();
    let mut both = app.stranger();
    both.always_send("cookie", &format!("{}; {}", session_of(&one), session_of(&other)));
    assert_eq!(own_page(&mut both).await, "user :");
    assert!(log.text().contains("several sessions"), "{}", log.text());
    let given = session_of(&both);
    assert!(given != session_of(&one) && given != session_of(&other));
    assert_eq!(both.click("Note").await.status(), StatusCode::OK, "and its events work");
}

#[tokio::test]
async fn a_document_follows_no_session_that_has_ended() {
    for button in ["Sign out", "Sign in"] {
        let app = app();
        let address = app.listen().await;
        let mut visitor = Visitor::at(Site::Address(address), "/").await;
        let live = format!("/_filekit/live?page=%2F&instance={}", instance(&visitor));
        let mut connection = Connection::open(address).await;
        connection.send_head(&to(&visitor, Method::GET, &live, &json!({}))).await;
        connection.read_until("retry: 1000\n\n").await;
        assert_eq!(visitor.click(button).await.status(), StatusCode::OK);
        let rest = connection.read_until("\r\n0\r\n\r\n").await;
        assert!(!rest.contains("Ada"), "{button}: {rest}");
    }
}
