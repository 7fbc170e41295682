//! States are counted by what they take in memory, whatever their developers put into them.

use std::collections::{BTreeMap, HashMap};

use filekit::Budgets;
use filekit::prelude::*;
use filekit_tests::{TestApp, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::json;
use stats_alloc::Region;

use crate::{ALLOCATOR, TURN, taken_since};

const BUDGET: usize = 8 << 20;

#[derive(Clone, Serialize, Deserialize)]
struct Row {
    name: String,
    done: bool,
    tags: Vec<String>,
    note: Option<String>,
}

#[state]
#[derive(Default)]
struct Mixed {
    text: String,
    short: Vec<String>,
    flags: Vec<bool>,
    numbers: Vec<u64>,
    lists: Vec<Vec<u8>>,
    rows: Vec<Row>,
    counts: HashMap<String, u32>,
    sorted: BTreeMap<u32, bool>,
}

#[state]
impl Mixed {
    /// Grows as states do: one after the other.
    #[event]
    fn fill(&mut self, shape: String, count: usize) {
        for nth in 0..count {
            match shape.as_str() {
                "text" => self.text.push('x'),
                "short" => self.short.push("a".to_owned()),
                "flags" => self.flags.push(true),
                "numbers" => self.numbers.push(7),
                "lists" => self.lists.push(Vec::new()),
                "rows" => self.rows.push(Row {
                    name: format!("row {nth}"),
                    done: false,
                    tags: vec!["a".to_owned()],
                    note: None,
                }),
                "counts" => _ = self.counts.insert(nth.to_string(), 1),
                _ => _ = self.sorted.insert(u32::try_from(nth).unwrap_or_default(), true),
            }
        }
    }
}

async fn page(mixed: Current<Mixed>) -> View {
    view![mixed.short.len(), button(on_click = Mixed::fill(value_of("shape"), value_of("count")), "Fill")]
}

async fn fill(visitor: &mut Visitor, shape: &str, count: usize) -> bool {
    let reply = visitor.click_with("Fill", &[("shape", json!(shape)), ("count", json!(count))]).await;
    assert!(reply.status().is_success() || reply.code() == "state.full", "{}", reply.text());
    reply.status().is_success()
}

#[tokio::test]
async fn states_take_no_more_memory_than_their_budget_whatever_they_are_made_of() {
    let _turn = TURN.lock().await;
    for shape in ["text", "short", "flags", "numbers", "lists", "rows", "counts", "sorted"] {
        // What pages and calls leave behind does not count: it has bounds of its own.
        let around = {
            let app = TestApp::new(Router::new().route("/", get(page)));
            let region = Region::new(ALLOCATOR);
            for _ in 0..8 {
                app.visitor().await.click_with("Fill", &[("shape", json!("none")), ("count", json!(0))]).await;
            }
            taken_since(&region) / 8
        };
        let app = TestApp::with(Router::new().route("/", get(page)), |kit| {
            kit.budgets(Budgets::new().state_bytes(BUDGET as u64))
        });
        let region = Region::new(ALLOCATOR);
        let mut visitors = 0;
        while fill(&mut app.visitor().await, shape, 2_500).await && visitors < 1_000 {
            visitors += 1;
        }
        let taken = taken_since(&region).saturating_sub(around * visitors);
        assert!(visitors > 4, "{shape}: {visitors} states were kept");
        assert!(taken < BUDGET + BUDGET / 8, "{shape}: {taken} bytes of {visitors} states");
        assert!(taken > BUDGET / 4, "{shape}: {visitors} states took {taken} bytes only");
    }
}
