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
    let clear = event_reference!(Files::clear);
    view![link(href = clear, "Clear")]
}

fn main() {}
