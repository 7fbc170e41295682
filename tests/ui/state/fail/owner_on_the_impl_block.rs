use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Board {
    notes: Vec<String>,
}

#[state(owner = Everyone)]
impl Board {
    #[event]
    fn clear(&mut self) {
        self.notes.clear();
    }
}

async fn page(board: Current<Board>) -> View {
    view![text(board.notes.len()), button(on_click = Board::clear, "Clear")]
}

fn main() {
    let _: Router = Router::new().route("/", get(page));
}
