use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Counter {
    count: u32,
}


#[state]
impl Counter {
    #[event]
    fn add(self, count: &u32) {
        let _ = count;
    }

    #[event]
    fn set<T>(&mut self, count: T) {
        let _ = count;
    }

    #[event]
    fn clear(&mut self) {
        self.count = 0;
    }
}

fn page() -> View {
    view![
        button(on_click = Counter::add(1), "Add"),
        button(on_click = Counter::set(2), "Set"),
        button(on_click = Counter::clear, "Clear"),
    ]
}

fn main() {}
