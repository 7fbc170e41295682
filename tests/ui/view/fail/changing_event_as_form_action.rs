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
}

fn page() -> View {
    view![form(action = Files::clear, button("Clear"))]
}

fn main() {}
