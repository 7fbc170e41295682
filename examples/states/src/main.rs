//! Every state of `uploader` and `file_list` on one page: each zone leads its files into another one. For those who change the look.
//! Run it with `cargo run -p example-states`, open the address that it prints, and give each zone a few files.

mod album;

use filekit::prelude::*;

use crate::album::Album;

const PHOTOS: Upload = Upload::new("photos")
    .accept(&["image/*"])
    .max_files(20)
    .max_size(10 * MB);
const AT_ONCE: Upload = Upload::new("at-once");
const SLOW: Upload = Upload::new("slow");
const CHECKED: Upload = Upload::new("checked");
const FAILING: Upload = Upload::new("failing");
const CLOSED: Upload = Upload::new("closed");

async fn index(album: Current<Album>) -> View {
    view![vstack(
        spacing = 8,
        heading(level = 1, "Every state"),
        part("Chosen, refused, sending, paused, unfinished", photos()),
        part(
            "Sent as soon as it is chosen",
            view![uploader(
                id = AT_ONCE,
                auto = true,
                on_upload = Album::keep(upload_files(AT_ONCE))
            )],
        ),
        part(
            "Processing: the event takes five seconds",
            view![uploader(
                id = SLOW,
                on_upload = Album::keep_slowly(upload_files(SLOW))
            )],
        ),
        part(
            "Checking: a check takes five seconds for each file",
            view![uploader(
                id = CHECKED,
                check = album::look,
                on_upload = Album::keep(upload_files(CHECKED))
            )],
        ),
        part(
            "Failed: the event takes nothing",
            view![uploader(
                id = FAILING,
                on_upload = Album::refuse(upload_files(FAILING))
            )],
        ),
        part(
            "Disabled",
            view![uploader(
                id = CLOSED,
                disabled = true,
                on_upload = Album::keep(upload_files(CLOSED))
            )],
        ),
        part("Stored files", stored(&album.files)),
        part("No stored files", view![file_list(&album.files[..0])]),
    )]
    .title("Every state")
}

/// All that an uploader has a place for.
fn photos() -> View {
    view![uploader(
        id = PHOTOS,
        on_upload = Album::keep(upload_files(PHOTOS)),
        empty = view![text("At most 20 images of 10 MB each.")],
        footer = view![text("Images are kept as long as this program runs.")],
    )]
}

fn stored(files: &[StoredFile]) -> View {
    view![file_list(
        files,
        id = "stored",
        on_remove = |file| Album::remove(file.key()),
        on_download = |keys| Album::archive(keys),
        empty = view![text("What you send is listed here.")],
    )]
}

fn part(title: &str, content: View) -> View {
    view![section(
        class = "fk-vstack",
        style = "inline-size: 100%",
        heading(title),
        content
    )]
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(Router::new().route("/", get(index))).await
}
