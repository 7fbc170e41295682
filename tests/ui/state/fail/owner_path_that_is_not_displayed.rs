use filekit::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct RoomId(u32);

#[state(owner = Path<RoomId>)]
#[derive(Default)]
struct Room {
    names: Vec<String>,
}

fn main() {}
