//! An event that takes two streams of one body.

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

#[state]
impl Board {
    #[event]
    async fn publish(&mut self, docs: UploadStream, pages: UploadStream) {
        let _ = (docs, pages);
    }
}

fn main() {}
