//! `for` on the server: patterns, labels, `let`, nested loops and what leaves them.

use filekit::prelude::*;

pub(super) struct Album {
    pub(super) name: String,
    pub(super) photos: Vec<(String, u64)>,
}

pub(super) fn page(albums: &[Album], limit: u64) -> View {
    view![
        'albums: for (index, album) in albums.iter().enumerate() {
            if album.photos.is_empty() {
                continue 'albums;
            }
            let total: u64 = album.photos.iter().map(|(_, size)| size).sum();
            heading(level = 2, index + 1, ". ", &album.name);
            ul(
                class = "photos",
                for (key, size) in &album.photos {
                    if *size > limit {
                        break;
                    }
                    li(
                        link(href = upload_url(key), key),
                        " ",
                        small(*size, " bytes"),
                    )
                },
            );
            if total > limit {
                break 'albums;
            }
            text("Together ", total, " bytes");
        },
        ol(for number in 1..=3 {
            li(number)
        }),
    ]
}
