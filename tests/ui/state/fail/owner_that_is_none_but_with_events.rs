use filekit::prelude::*;

#[state(owner = u32)]
#[derive(Default)]
struct Room {
    names: Vec<String>,
}

#[state]
impl Room {
    #[event]
    fn clear(&mut self) {
        self.names.clear();
    }
}

async fn page(room: Current<Room>) -> View {
    view![text(room.names.len()), button(on_click = Room::clear, "Clear")]
}

fn main() {
    let _: Router = Router::new().route("/", get(page));
}
