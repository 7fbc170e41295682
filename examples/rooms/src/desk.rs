//! The desk of a user, the same on all of their devices: the rooms where they were last, and files of their own.

use filekit::axum::response::Redirect;
use filekit::prelude::*;

use crate::room::RoomId;
use crate::users::User;

const PAPERS: Upload = Upload::new("papers").max_size(100 * MB);

/// How many rooms a desk remembers.
const RECENT: usize = 5;

#[state(owner = User)]
#[derive(Default)]
pub(crate) struct Desk {
    rooms: Vec<RoomId>,
    papers: Vec<StoredFile>,
}

#[state]
impl Desk {
    /// Goes to a room, which is on the desk from now on.
    #[event]
    fn enter(&mut self, room: String) -> Result<Redirect> {
        let Some(room) = RoomId::of_text(&room) else {
            return Err(Error::user(
                "A room has a name of up to 40 letters, digits and hyphens.",
            ));
        };
        let path = room.path();
        self.rooms.retain(|known| *known != room);
        self.rooms.insert(0, room);
        self.rooms.truncate(RECENT);
        Ok(Redirect::to(&path))
    }

    #[event]
    async fn keep(&mut self, papers: Vec<UploadFile>) -> Result<()> {
        for paper in papers {
            self.papers.push(paper.save().await?);
        }
        Ok(())
    }

    #[event]
    async fn forget(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        self.papers.retain(|paper| paper.key() != key);
        files.remove(&key).await?;
        Ok(())
    }
}

pub(crate) async fn page(user: User, desk: Current<Desk>) -> View {
    let content = view![rooms(&desk), papers(&desk)];
    let title = format!("Desk of {}", user.name());
    crate::page(&user, &title, content)
}

/// The card with the rooms where the user was last.
fn rooms(desk: &Desk) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Rooms"),
        for room in &desk.rooms {
            link(key = room.to_string(), href = room.path(), room.to_string())
        },
        form(
            on_submit = Desk::enter(value_of("room")),
            hstack(
                input(
                    id = "room",
                    aria_label = "Name of a room",
                    placeholder = "garden-party",
                    required = true,
                    flex_grow = 1,
                ),
                button(color = "primary", r#type = "submit", "Enter"),
            ),
        ),
    ))]
}

/// The card with the user's own files.
fn papers(desk: &Desk) -> View {
    view![card(vstack(
        spacing = 4,
        heading(level = 2, "Papers"),
        for paper in &desk.papers {
            hstack(
                key = paper.key(),
                justify = "space-between",
                link(href = paper.url(), target = "_blank", paper.name()),
                button(
                    on_click = Desk::forget(paper.key().to_owned()),
                    aria_label = format!("Remove {}", paper.name()),
                    "Remove",
                ),
            )
        },
        upload(
            id = PAPERS,
            on_drop = Desk::keep(upload_files(PAPERS)),
            vstack(
                align = "center",
                spacing = 2,
                button("Add papers"),
                text(
                    color = "var(--fk-text-soft)",
                    "They are on your desk wherever you sign in."
                ),
            ),
        ),
        for file in rejected_files(PAPERS) {
            text(color = "var(--fk-danger)", file.message());
        },
    ))]
}
