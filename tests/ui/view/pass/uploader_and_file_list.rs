use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos").accept(&["image/*"]);

#[state]
#[derive(Default)]
struct Album {
    files: Vec<StoredFile>,
}

#[state]
impl Album {
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<()> {
        for photo in photos {
            self.files.push(photo.save().await?);
        }
        Ok(())
    }

    #[event]
    fn count(&mut self, count: u32) {
        let _ = count;
    }

    #[event]
    fn remove(&mut self, key: String) {
        self.files.retain(|file| file.key() != key);
    }

    #[event]
    fn archive(&self, keys: Vec<String>) -> Download {
        let selected = self.files.iter().filter(|file| keys.iter().any(|key| key == file.key()));
        Download::zip(selected.map(Download::stored)).filename("album.zip")
    }
}

async fn several_events(album: Current<Album>, wide: bool) -> View {
    let footer = (!wide).then(|| view![text("All of it is kept.")]);
    view![
        for number in 1..=2_u32 {
            let id = PHOTOS.keyed(number);
            uploader(
                id = &id,
                class = wide.then_some("wide"),
                padding = 2,
                aria_label = "Photos",
                disabled = wide,
                auto = true,
                max_files = number + 1,
                on_drop = Album::count(number),
                on_upload = [Album::keep(upload_files(&id)), Album::count(number)],
                footer = &footer.clone().unwrap_or_default(),
                button("Choose ", number),
            )
        },
        uploader(id = "scans", auto = false, on_upload = Album::keep(upload_files("scans")), footer = footer),
        file_list(album.files.clone()),
        file_list(
            album.files.iter().filter(|file| file.size() > 0),
            id = format!("files-{wide}"),
            on_remove = |file: &StoredFile| [Album::remove(file.key()), Album::remove(file), Album::count(1)],
            on_download = |keys| Album::archive(keys),
            empty = view![text("Nothing")],
        ),
    ]
}

fn main() {}
