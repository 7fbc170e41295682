//! A plain axum program that takes and serves files by `filekit-files` alone: no pages of filekit, no state, no script.
//! Run it with `cargo run -p example-gallery` and open http://127.0.0.1:3000.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{Html, Redirect, Response};
use axum::routing::get;
use filekit_files::download::Download;
use filekit_files::size::MB;
use filekit_files::storage::StoredFile;
use filekit_files::upload::Upload;
use filekit_files::{Result, Store, StoreOptions};
use std::sync::{Arc, Mutex};

const PHOTOS: Upload = Upload::new("photos")
    .accept(&["image/*"])
    .min_files(1)
    .max_files(5)
    .max_size(10 * MB);

#[derive(Clone)]
struct Gallery {
    store: Store,
    photos: Arc<Mutex<Vec<StoredFile>>>,
}

/// The form, and the photos that were sent.
async fn page(State(gallery): State<Gallery>) -> Html<String> {
    let photos = gallery.photos.lock().unwrap();
    let images = photos.iter().map(|photo| {
        format!(
            "<img src='{}' height=160 alt=''>",
            gallery.store.url("", photo)
        )
    });
    Html(format!(
        "<!doctype html><title>Gallery</title><form method=post enctype=multipart/form-data>\
         <input type=file name=photos multiple> <button>Send</button></form>\
         <p><a href=/all>All as one archive</a></p>{}",
        images.collect::<String>()
    ))
}

/// Keeps the photos of a form: all of them, or none.
async fn receive(State(gallery): State<Gallery>, request: Request) -> Result<Redirect> {
    let mut form = gallery.store.receive(request, &[PHOTOS]).await?;
    let mut kept = Vec::new();
    for photo in form.files(PHOTOS) {
        kept.push(photo.save().await?);
    }
    form.commit().await?;
    gallery.photos.lock().unwrap().append(&mut kept);
    Ok(Redirect::to("/"))
}

/// Answers with a photo, for whom has its signed URL.
async fn serve(
    State(gallery): State<Gallery>,
    Path(key): Path<String>,
    request: Request,
) -> Result<Response> {
    gallery.store.serve(&key, request).await
}

/// Answers with all photos in one archive, which is made while it is sent.
async fn all(State(gallery): State<Gallery>, request: Request) -> Result<Response> {
    let photos = gallery.photos.lock().unwrap().clone();
    let archive = Download::zip(photos.iter().map(Download::stored)).filename("photos.zip");
    gallery.store.send(archive, request).await
}

pub(crate) fn app(directory: &str) -> Result<Router> {
    let store = Store::open(directory, StoreOptions::new().max_body(60 * MB))?;
    let gallery = Gallery {
        store,
        photos: Arc::default(),
    };
    let routes = Router::new()
        .route("/", get(page).post(receive))
        .route("/all", get(all));
    let routes = routes.route("/_upload/{key}", get(serve));
    Ok(routes.with_state(gallery))
}

#[tokio::main]
async fn main() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app("uploaded_files")?).await?)
}
