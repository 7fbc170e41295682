//! A room: the files that all who are in it have brought.

use std::fmt;

use filekit::prelude::*;

use crate::users::User;

const FILES: Upload = Upload::new("files").max_size(100 * MB);

/// The name of a room in its address: up to 40 lower-case letters, digits and hyphens.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RoomId(String);

impl RoomId {
    /// The name that a visitor has typed, as an address has it: `Garden party` is `garden-party`.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let words: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
        Self::try_from(words.join("-")).ok()
    }

    pub(crate) fn path(&self) -> String {
        format!("/rooms/{self}")
    }
}

impl TryFrom<String> for RoomId {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, &'static str> {
        let is_allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        match (1..=40).contains(&name.len()) && name.bytes().all(is_allowed) {
            true => Ok(Self(name)),
            false => Err("up to 40 lower-case letters, digits and hyphens"),
        }
    }
}

impl From<RoomId> for String {
    fn from(room: RoomId) -> Self {
        room.0
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The state of a room, which all who are in it share, whatever their session.
#[state(owner = Path<RoomId>)]
#[derive(Default)]
pub(crate) struct Room {
    files: Vec<Brought>,
}

/// A file, and who brought it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Brought {
    file: StoredFile,
    by: String,
}

#[state]
impl Room {
    /// Brings files. Everybody who has the page of the room open sees them at once.
    #[event]
    async fn bring(&mut self, files: Vec<UploadFile>, #[extract] user: User) -> Result<()> {
        for file in files {
            self.files.push(Brought {
                file: file.save().await?,
                by: user.name().to_owned(),
            });
        }
        Ok(())
    }

    /// Takes a file off the list, and off the disk. The page offers to each user those that they have brought.
    #[event]
    async fn take_back(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        self.files.retain(|brought| brought.file.key() != key);
        files.remove(&key).await?;
        Ok(())
    }
}

pub(crate) async fn page(user: User, Path(id): Path<RoomId>, room: Current<Room>) -> View {
    let content = view![vstack(
        spacing = 4,
        link(href = "/", "Back to the desk"),
        upload(
            id = FILES,
            padding = "1.5em",
            on_drop = Room::bring(upload_files(FILES)),
            vstack(
                align = "center",
                spacing = 2,
                button(color = "primary", "Bring files"),
                text(
                    color = "var(--fk-text-soft)",
                    "or drop them here; all who are in this room see them"
                ),
            ),
        ),
        if is_uploading(FILES) {
            progress(
                value = upload_progress(FILES).percent(),
                max = 100,
                aria_label = "Files",
            );
        },
        for file in rejected_files(FILES) {
            text(color = "var(--fk-danger)", file.message());
        },
        if room.files.is_empty() {
            text(color = "var(--fk-text-soft)", "Nothing is here yet.")
        } else {
            for brought in &room.files {
                card(key = brought.file.key(), row(brought, &user))
            }
        },
    )];
    crate::page(&user, &format!("Room {id}"), content)
}

fn row(brought: &Brought, user: &User) -> View {
    let file = &brought.file;
    view![hstack(
        justify = "space-between",
        vstack(
            spacing = 1,
            link(href = file.url(), target = "_blank", file.name()),
            text(
                color = "var(--fk-text-soft)",
                font_size = "0.875rem",
                "brought by ",
                &brought.by
            ),
        ),
        if brought.by == user.name() {
            button(
                on_click = Room::take_back(file.key().to_owned()),
                aria_label = format!("Take back {}", file.name()),
                "Take back",
            )
        },
    )]
}
