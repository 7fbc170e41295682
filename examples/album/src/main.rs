//! An album: photos with a rule, a list of them to open, remove and select, and a download of what is selected. It is the page of the
//! README. Run it with `cargo run -p example-album` and open the address that it prints.

use filekit::prelude::*;

const PHOTOS: Upload = Upload::new("photos")
    .accept(&["image/*"])
    .max_files(20)
    .max_size(10 * MB);

#[state]
#[derive(Default)]
struct Album {
    photos: Vec<StoredFile>,
}

#[state]
impl Album {
    /// Keeps what was uploaded: all of it, or nothing.
    #[event]
    async fn keep(&mut self, photos: Vec<UploadFile>) -> Result<()> {
        for photo in photos {
            self.photos.push(photo.save().await?);
        }
        Ok(())
    }

    /// Removes a photo, if it is one of this visitor's.
    #[event]
    async fn remove(&mut self, key: String, #[extract] files: Files) -> Result<()> {
        if let Some(at) = self.photos.iter().position(|photo| photo.key() == key) {
            files.remove(self.photos.remove(at).key()).await?;
        }
        Ok(())
    }

    /// Hands over what is selected, as an archive that is made while it is sent.
    #[event]
    fn archive(&self, keys: Vec<String>) -> Download {
        let is_selected = |photo: &&StoredFile| keys.iter().any(|key| key == photo.key());
        let selected = self.photos.iter().filter(is_selected);
        Download::zip(selected.map(Download::stored)).filename("album.zip")
    }
}

async fn index(album: Current<Album>) -> View {
    view![
        heading("Album"),
        uploader(id = PHOTOS, on_upload = Album::keep(upload_files(PHOTOS))),
        file_list(
            &album.photos,
            id = "stored",
            on_remove = |photo| Album::remove(photo.key()),
            on_download = |keys| Album::archive(keys),
        ),
    ]
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(Router::new().route("/", get(index))).await
}
