use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    async fn add(&mut self) {
        let step = std::rc::Rc::new(1);
        std::future::ready(()).await;
        self.count += *step;
    }
}

fn main() {}
