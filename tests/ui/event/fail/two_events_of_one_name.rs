use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Files {
    names: Vec<String>,
}

#[state]
impl Files {
    #[event]
    fn clear(&mut self) {
        self.names.clear();
    }

    #[event]
    fn clear(&mut self, from: u64) {
        self.names.truncate(from as usize);
    }
}

fn page() -> View {
    view![button(on_click = Files::clear, "Clear")]
}

fn main() {}
