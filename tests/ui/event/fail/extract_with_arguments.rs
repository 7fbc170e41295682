use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add(&mut self, #[extract(Path)] uri: axum::http::Uri) {
        let _ = uri;
    }
}

fn main() {}
