//! A stream is one parameter by itself.

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

#[state]
impl Board {
    #[event]
    async fn publish(&mut self, pages: Vec<UploadStream>) {
        let _ = pages;
    }
}

fn main() {}
