//! Rooms in which all who are signed in share files, and a desk of each user's own, which is the same on all of their devices:
//! states that belong to a room, to a user and to a session. Run it with `cargo run -p example-rooms` and sign in as `ann` with
//! the password `nna`, and in another browser as `ben` with `neb`. `examples/rooms/fleet.sh` runs two servers behind nginx.

mod desk;
mod room;
mod users;

use filekit::axum::middleware::from_fn;
use filekit::prelude::*;

use self::users::{Account, User};

/// What every page has above its content: who is signed in, and the way out.
fn page(user: &User, title: &str, content: View) -> View {
    view![vstack(
        spacing = 6,
        hstack(
            justify = "space-between",
            heading(level = 1, title),
            hstack(
                text(color = "var(--fk-text-soft)", user.name()),
                button(on_click = Account::sign_out, "Sign out"),
            ),
        ),
        content,
    )]
    .title(title)
}

fn pages() -> Router {
    Router::new()
        .route("/", get(desk::page))
        .route("/rooms/{room}", get(room::page))
        .route_layer(from_fn(users::only_users))
        .route("/sign-in", get(users::sign_in_page))
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(pages()).await
}
