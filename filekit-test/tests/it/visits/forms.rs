//! Controls of all kinds, the events that they set off, and what events have a browser do.

use filekit::axum::response::Redirect;
use filekit::event::RenewSession;
use filekit::prelude::*;
use filekit_test::Program;

#[state]
#[derive(Default)]
struct Order {
    said: Vec<String>,
    is_fast: bool,
}

#[state]
impl Order {
    #[event]
    fn say(&mut self, words: String) {
        self.said.push(words);
    }

    #[event]
    fn choose(&mut self, sizes: Vec<String>) {
        self.said.push(sizes.join("+"));
    }

    #[event]
    fn deliver(&mut self, fast: bool) {
        self.is_fast = fast;
    }

    #[event]
    fn finish(&mut self) -> Redirect {
        self.said.clear();
        Redirect::to("/?finished=yes")
    }

    #[event]
    fn pay(&self) -> Redirect {
        Redirect::to("https://bank.example/pay")
    }

    #[event]
    fn renew(&self) -> RenewSession {
        RenewSession
    }

    /// Shows each step while it is at work.
    #[event]
    async fn count(&mut self, updates: Updates) -> Result<()> {
        for number in ["one", "two", "three"] {
            self.said.push(number.to_owned());
            updates.send(self).await?;
        }
        Ok(())
    }
}

async fn index(order: Current<Order>) -> View {
    view![vstack(
        form(
            id = "order",
            on_submit = [Order::say(value_of("note")), clear_form("order")],
            textarea(id = "note", aria_label = "Note"),
            button(r#type = "submit", "Order"),
        ),
        input(id = "now", placeholder = "At once", on_change = Order::say(value_of("now"))),
        select(
            id = "sizes",
            aria_label = "Sizes",
            multiple = true,
            on_change = Order::choose(value_of("sizes")),
            option("S"),
            option("L"),
        ),
        label(input(id = "slow", name = "speed", value = "slow", r#type = "radio", checked = true), "Slow"),
        label(input(id = "fast", name = "speed", value = "fast", r#type = "radio"), "Fast"),
        button(on_click = Order::deliver(value_of("fast")), "Deliver"),
        button(on_click = Order::finish, "Finish"),
        button(on_click = Order::pay, "Pay"),
        button(on_click = Order::renew, "Renew"),
        button(on_click = Order::count, "Count"),
        text("Said: ", order.said.join("; ")),
        text("Delivery: ", if order.is_fast { "fast" } else { "slow" }),
    )]
}

fn program() -> Program {
    Program::new(Router::new().route("/", get(index)), |kit| kit)
}

#[tokio::test]
async fn a_form_is_sent_and_cleared() {
    let mut page = program().open("/").await;
    page.fill("Note", "One\nTwo").submit("order").await.assert_text("Said: One Two");
    assert_eq!(page.outline().lines().nth(1), Some("    textarea \"Note\" = \"\""), "{}", page.outline());
}

#[tokio::test]
async fn controls_that_call_events_do_so_before_the_next_click() {
    let mut page = program().open("/").await;
    page.fill("At once", "now").select("Sizes", "L").click("Deliver").await;
    page.assert_text("Said: now; L").assert_text("Delivery: slow");
}

#[tokio::test]
async fn of_radio_buttons_one_is_chosen() {
    let mut page = program().open("/").await;
    page.check("Fast").click("Deliver").await.assert_text("Delivery: fast");
    page.check("Slow").click("Deliver").await.assert_text("Delivery: slow");
}

#[tokio::test]
async fn an_event_leads_to_another_page_or_site() {
    let mut page = program().open("/").await;
    page.fill("At once", "now").click("Finish").await;
    assert_eq!(page.address(), "/?finished=yes");
    page.click("Pay").await;
    assert_eq!((page.address(), page.text()), ("https://bank.example/pay", String::new()));
}

#[tokio::test]
async fn a_session_is_renewed_and_goes_on() {
    let mut page = program().open("/").await;
    page.fill("At once", "before").click("Renew").await.assert_text("Said: before");
    page.fill("At once", "after").settle().await.assert_text("Said: before; after");
}

#[tokio::test]
async fn an_event_that_shows_its_steps_is_seen_at_its_end() {
    let mut page = program().open("/").await;
    page.click("Count").await.assert_text("Said: one; two; three");
}
