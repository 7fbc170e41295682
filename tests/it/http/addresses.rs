//! Pages whose handlers, and events that, take something of the address: what is said of an address that does not fit.

use axum::extract::FromRequestParts as _;
use axum::http::{Request, StatusCode};
use filekit::prelude::*;
use filekit_tests::{Entries, Html, Log, Reply, TestApp, Visitor};
use serde::Deserialize;

#[derive(Deserialize)]
struct Place {
    room: String,
    seat: u8,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Left,
    Right,
}

/// A number that is even, and a type that says what is wrong with another.
#[derive(Deserialize)]
#[serde(try_from = "u32")]
struct Even(u32);

impl TryFrom<u32> for Even {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, Self::Error> {
        if number.is_multiple_of(2) { Ok(Self(number)) } else { Err("not even") }
    }
}

#[derive(Deserialize)]
struct Chosen {
    id: u32,
    sort: Option<String>,
}

async fn number(Path(number): Path<u32>) -> View {
    view![p("number ", number)]
}

async fn pair(Path((name, number)): Path<(String, i64)>) -> View {
    view![p(name, " ", number)]
}

async fn place(Path(Place { room, seat }): Path<Place>) -> View {
    view![p(room, " ", u32::from(seat))]
}

async fn side(Path(side): Path<Side>) -> View {
    view![p(match side {
        Side::Left => "left",
        Side::Right => "right",
    })]
}

async fn even(Path(Even(number)): Path<Even>) -> View {
    view![p("even ", number)]
}

async fn maybe(number: Option<Path<u32>>) -> View {
    view![p(number.map_or_else(|| "none".to_owned(), |number| number.to_string()))]
}

async fn chosen(Query(chosen): Query<Chosen>) -> View {
    view![p(chosen.id, " ", chosen.sort.unwrap_or_default())]
}

fn pages() -> Router {
    Router::new()
        .route("/number/{id}", get(number))
        .route("/pair/{name}/{number}", get(pair))
        .route("/place/{room}/{seat}", get(place))
        .route("/side/{side}", get(side))
        .route("/even/{number}", get(even))
        .route("/maybe", get(maybe))
        .route("/maybe/{number}", get(maybe))
        .route("/chosen", get(chosen))
}

#[tokio::test]
pub(super) async fn an_address_that_fits_is_read() {
    let app = TestApp::new(pages());
    for (path, text) in [
        ("/number/7", "number 7"),
        ("/pair/a%20b/-7", "a b -7"),
        ("/place/blue/7", "blue 7"),
        ("/side/right", "right"),
        ("/even/8", "even 8"),
        ("/maybe", "none"),
        ("/maybe/7", "7"),
        ("/chosen?id=7", "7"),
        ("/chosen?sort=age&id=7", "7 age"),
    ] {
        assert_eq!(Visitor::at(app.site(), path).await.page().named("p")[0].text().trim(), text, "{path}");
    }
}

/// Checks that an answer is a document with these words, and tells nothing that is for the log.
fn assert_document(reply: &Reply, title: &str, words: &str, what: &str) {
    assert!(reply.header("content-type").starts_with("text/html"), "{what}: {}", reply.text());
    let page = Html::parse(reply.text());
    let texts = ["title", "h1", "p"].map(|name| page.named(name)[0].text());
    assert_eq!(texts, [title, title, words], "{what}");
    assert!(!reply.text().contains("parse"), "{what}: {}", reply.text());
}

const NO_PAGE: &str = "There is no page at this address. Check the address, or go back.";

#[tokio::test]
pub(super) async fn a_page_whose_path_is_not_what_its_handler_takes_does_not_exist() {
    let app = TestApp::new(pages());
    for (path, logged) in [
        ("/number/x", "`/number/{id}`: `id` is no `u32`: `x`"),
        ("/number/-1", "`/number/{id}`: `id` is no `u32`: `-1`"),
        ("/number/99999999999", "`/number/{id}`: `id` is no `u32`: `99999999999`"),
        ("/number/%FF", "`/number/{id}`: `id` is no UTF-8"),
        ("/pair/a/x", "`/pair/{name}/{number}`: `number` is no `i64`: `x`"),
        ("/place/blue/256", "`/place/{room}/{seat}`: `seat` is no `u8`: `256`"),
        ("/side/middle", "`/side/{side}`: `side`: unknown variant `middle`, expected `left` or `right`"),
        ("/even/7", "`/even/{number}`: `number`: not even"),
        ("/maybe/x", "`/maybe/{number}`: `number` is no `u32`: `x`"),
    ] {
        let log = Log::record();
        let reply = app.stranger().get(path).await;
        assert_eq!(reply.status(), StatusCode::NOT_FOUND, "{path}");
        assert_document(&reply, "No such page", NO_PAGE, path);
        let line = format!("request.wrong-path: {logged}");
        assert_eq!(log.text().matches(&line).count(), 1, "{path}: {}", log.text());
    }
}

#[tokio::test]
pub(super) async fn what_a_visitor_has_put_into_a_path_stays_on_its_line_of_the_log_and_is_cut() {
    let log = Log::record();
    let app = TestApp::new(pages());
    let reply = app.stranger().get(&format!("/number/%0Aforged{}", "x".repeat(10_000))).await;
    assert_eq!(reply.status(), StatusCode::NOT_FOUND);
    assert!(log.text().contains("request.wrong-path"), "{}", log.text());
    assert!(!log.text().contains("\nforged") && log.text().len() < 5_000, "{}", log.text());
}

#[tokio::test]
pub(super) async fn a_query_that_is_not_what_the_handler_takes_is_refused() {
    let app = TestApp::new(pages());
    for (path, logged) in [
        ("/chosen?id=x", "`/chosen`: id: invalid digit found in string"),
        ("/chosen", "`/chosen`: missing field `id`"),
        ("/chosen?id=1&id=2", "`/chosen`: duplicate field `id`"),
    ] {
        let log = Log::record();
        let reply = app.stranger().get(path).await;
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{path}");
        let words =
            "This address has a value that the page does not know, or lacks one. Check the address, or go back.";
        assert_document(&reply, "This was refused", words, path);
        assert!(log.text().contains(&format!("request.wrong-query: {logged}")), "{path}: {}", log.text());
    }
}

#[tokio::test]
pub(super) async fn a_wrong_address_is_told_in_the_language_of_the_program() {
    let texts = [("page.not-found", "Keine Seite"), ("request.wrong-path", "Hier ist keine Seite.")];
    let app = TestApp::with(pages(), |kit| kit.lang("de").texts(texts));
    let reply = app.stranger().get("/number/x").await;
    assert_document(&reply, "Keine Seite", "Hier ist keine Seite.", "/number/x");
    assert_eq!(Html::parse(reply.text()).named("html")[0].attribute("lang"), Some("de"));
}

#[derive(Deserialize)]
struct Misnamed {
    #[expect(dead_code, reason = "it is never made")]
    number: u32,
}

/// Checks that a handler that fits no address of its route fails, and that the log names the route, why, and what to do.
async fn assert_mistake(pages: Router, path: &str, logged: &[&str]) {
    let log = Log::record();
    let app = TestApp::new(pages);
    let reply = app.stranger().get(path).await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR, "{logged:?}");
    assert_document(&reply, "This page failed", "Something went wrong on the server.", path);
    for words in logged {
        assert!(log.text().contains(words), "{words}: {}", log.text());
    }
    assert_eq!(log.text().matches("ERROR").count(), 1, "{}", log.text());
}

const CURE: &str = "take one parameter as it is, several as a tuple in the order of the route, or all as a struct whose fields \
                    have their names";

#[tokio::test]
pub(super) async fn a_handler_that_fits_no_path_of_its_route_is_a_mistake_that_the_log_explains() {
    async fn too_many(Path(_): Path<(u32, u32)>) -> View {
        view![]
    }
    async fn too_few(Path(_): Path<u32>) -> View {
        view![]
    }
    async fn nested(Path(_): Path<(u32, Vec<u32>)>) -> View {
        view![]
    }
    async fn misnamed(Path(_): Path<Misnamed>) -> View {
        view![]
    }
    let of = |route, handler| Router::new().route(route, handler);
    let reason = "`Path<(u32, u32)>` does not fit `/a/{id}`: it takes 2, and the route has 1 (`id`)";
    assert_mistake(of("/a/{id}", get(too_many)), "/a/1", &[reason, CURE]).await;
    let reason = "`Path<u32>` does not fit `/a/{id}/{to}`: it takes 1, and the route has 2 (`id`, `to`)";
    assert_mistake(of("/a/{id}/{to}", get(too_few)), "/a/1/2", &[reason, CURE]).await;
    let reason = "`Path<u32>` does not fit `/a`: it takes 1, and the route has 0";
    assert_mistake(of("/a", get(too_few)), "/a", &[reason, CURE]).await;
    let reason = "`/a/{id}/{to}`: a `alloc::vec::Vec<u32>` cannot be read from a parameter";
    assert_mistake(of("/a/{id}/{to}", get(nested)), "/a/1/2", &[reason, CURE]).await;
    let reason = "`/a/{id}`: missing field `number`";
    assert_mistake(of("/a/{id}", get(misnamed)), "/a/1", &[reason, "Misnamed>`", CURE]).await;
    let reason = "`Path<u32>` does not fit `/b`: it takes 1, and the route has 0";
    assert_mistake(Router::new().fallback(too_few), "/b", &[reason, CURE]).await;
}

#[tokio::test]
async fn a_path_that_is_taken_before_a_route_has_matched_is_a_mistake() {
    let mut parts = Request::get("/a").body(()).expect("a request").into_parts().0;
    let error = Path::<u32>::from_request_parts(&mut parts, &()).await.expect_err("there is no route");
    assert_eq!(error.to_string(), "`Path<u32>` does not fit `/a`: no route has matched this request");
}

#[tokio::test]
pub(super) async fn a_handler_that_fits_no_query_is_a_mistake_that_the_log_explains() {
    async fn page(Query(_): Query<u32>) -> View {
        view![]
    }
    let words = ["`Query<u32>` does not fit `/a`", "take a struct whose fields have the names of the query"];
    assert_mistake(Router::new().route("/a", get(page)), "/a?id=1", &words).await;
}

#[state]
#[derive(Default)]
struct Shelf {
    taken: Vec<String>,
    /// The shelf whose page refuses its visitor from now on.
    closed: String,
}

#[state]
impl Shelf {
    #[event]
    fn take(&mut self, #[extract] Path(number): Path<u32>) {
        self.taken.push(format!("book {number}"));
    }

    #[event]
    fn take_two(&mut self, #[extract] Path((one, two)): Path<(u32, u32)>) {
        self.taken.push(format!("books {one} and {two}"));
    }

    #[event]
    fn sort(&mut self, #[extract] Query(chosen): Query<Chosen>) {
        self.taken.push(format!("sorted by {}", chosen.id));
    }

    #[event]
    fn close(&mut self, name: String) {
        self.closed = name;
    }
}

async fn shelf(Path(name): Path<String>, shelf: Current<Shelf>) -> Result<View> {
    if name == shelf.closed {
        return Err(Error::user("This shelf is closed."));
    }
    Ok(view![
        p(shelf.taken.join(", ")),
        button(on_click = Shelf::take, "Take"),
        button(on_click = Shelf::take_two, "Take two"),
        button(on_click = Shelf::sort, "Sort"),
        button(on_click = Shelf::close(name), "Close"),
    ])
}

async fn reader(path: &str) -> Visitor {
    Visitor::at(TestApp::new(Router::new().route("/shelf/{name}", get(shelf))).site(), path).await
}

#[tokio::test]
pub(super) async fn an_event_takes_of_its_pages_address_what_a_handler_would() {
    let mut visitor = reader("/shelf/12?id=3").await;
    visitor.click("Take").await;
    visitor.click("Sort").await;
    visitor.open("/shelf/12?id=3").await;
    assert_eq!(visitor.page().named("p")[0].text(), "book 12, sorted by 3");
}

#[tokio::test]
pub(super) async fn an_event_that_its_pages_address_does_not_fit_is_refused_and_logged_once() {
    let mut visitor = reader("/shelf/novels").await;
    for (button, status, code, words, logged) in [
        ("Take", 404, "request.wrong-path", NO_PAGE, "`/shelf/{name}`: `name` is no `u32`: `novels`"),
        (
            "Sort",
            400,
            "request.wrong-query",
            "This address has a value that the page does not know, or lacks one. Check the address, or go back.",
            "`/shelf/{name}`: missing field `id`",
        ),
        (
            "Take two",
            500,
            "event.failed",
            "Something went wrong on the server.",
            "`Path<(u32, u32)>` does not fit `/shelf/{name}`: it takes 2, and the route has 1 (`name`)",
        ),
    ] {
        let log = Log::record();
        let reply = visitor.click(button).await;
        assert_eq!((reply.status().as_u16(), reply.code().as_str()), (status, code), "{button}");
        assert_eq!(reply.message(), words, "{button}");
        assert_eq!(log.text().matches(logged).count(), 1, "{button}: {}", log.text());
    }
    visitor.open("/shelf/novels").await;
    assert_eq!(visitor.page().named("p")[0].text(), "", "nothing was taken");
}

#[tokio::test]
pub(super) async fn an_event_whose_page_refuses_its_visitor_says_what_the_page_says() {
    let mut visitor = reader("/shelf/7").await;
    let take = visitor.event(&visitor.call_of("Take"));
    visitor.click("Close").await;
    let reply = visitor.send(take).await;
    assert_eq!((reply.status(), reply.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "event.extractor-refused"));
    assert_eq!(reply.message(), "This shelf is closed.");
}

#[tokio::test]
pub(super) async fn a_page_that_is_served_without_filekit_refuses_a_wrong_path_too() {
    async fn number(Path(number): Path<u32>) -> String {
        number.to_string()
    }
    let without = |router: Router| router.route("/without/{id}", get(number));
    let app = TestApp::new(pages()).layered(without);
    assert_eq!(app.stranger().get("/without/7").await.text(), "7");
    assert_eq!(app.stranger().get("/without/x").await.status(), StatusCode::NOT_FOUND);
}

#[state]
#[derive(Default)]
struct Drawer {
    kept: Vec<String>,
}

#[state]
impl Drawer {
    #[event]
    fn keep(&mut self, letter: Vec<UploadFile>, note: String, #[extract] Path((room, number)): Path<(String, u32)>) {
        let names: Vec<String> = letter.iter().map(|file| file.name().to_string()).collect();
        self.kept.push(format!("{room} {number}: {note}{}", names.concat()));
    }
}

async fn drawer(Path((room, _)): Path<(String, u32)>, drawer: Current<Drawer>) -> View {
    view![
        heading(room),
        for line in &drawer.kept {
            li(line)
        },
        upload(id = "letter", "Letter"),
        button(on_click = Drawer::keep(upload_files("letter"), ""), "Keep"),
        form(
            on_submit = Drawer::keep(upload_files("paper"), value_of("note")),
            input(id = "note"),
            upload(id = "paper", "Paper"),
            button(r#type = "submit", "Keep both"),
        ),
    ]
}

async fn at_the_drawer() -> Visitor {
    let pages = Router::new().route("/rooms/{room}/{number}", get(drawer));
    Visitor::at(TestApp::new(pages).site(), "/rooms/blue/7").await
}

/// What a request of filekit's own has in its path is nothing of the page's.
#[tokio::test]
pub(super) async fn a_form_without_scripts_has_the_path_of_its_page() {
    let mut visitor = at_the_drawer().await;
    visitor.submit_and_follow("Keep both", Entries::new().text("note", "a note")).await;
    assert_eq!(visitor.page().named("li")[0].text(), "blue 7: a note");
}

#[tokio::test]
pub(super) async fn an_upload_that_is_resumed_has_the_path_of_its_page() {
    let mut visitor = at_the_drawer().await;
    let upload = visitor.begin_upload("letter", &[("a.txt", b"content")]).await;
    let request = visitor.part(&upload, 0, false, "con");
    assert_eq!(visitor.send(request).await.status(), StatusCode::NO_CONTENT);
    let request = visitor.part(&upload, 3, true, "tent");
    let reply = visitor.send(request).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text());
    visitor.open("/rooms/blue/7").await;
    assert_eq!(visitor.page().named("li")[0].text(), "blue 7: a.txt");
}
