//! An event that takes files twice: once while they arrive, once when they have.

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

#[state]
impl Board {
    #[event]
    async fn publish(&mut self, docs: Vec<UploadFile>, pages: UploadStream, title: String) {
        let _ = (docs, pages, title);
    }
}

fn main() {}
