//! A plain axum program that takes and serves files by `filekit-files` alone: no pages of filekit, no state, no script.
//! Run it with `cargo run -p example-gallery` and open http://127.0.0.1:3000.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{Html, Redirect, Response};
use axum::routing::get;
use filekit_files::download::Download;
use filekit_files::size::MB;
use filekit_files::upload::Upload;
use filekit_files::{Result, Store, StoreOptions};
use futures_util::TryStreamExt as _;

const PHOTOS: Upload = Upload::new("photos")
    .accept(&["image/*"])
    .min_files(1)
    .max_files(5)
    .max_size(10 * MB);

/// The form, and all photos, each with a button that removes it.
async fn page(State(store): State<Store>) -> Result<Html<String>> {
    let photo = |url| {
        format!(
            "<form method=post action='{url}'><img src='{url}' height=160 alt=''>\
             <button>Remove</button></form>"
        )
    };
    let urls = store.files().list("").map_ok(|file| store.url("", file));
    let photos: String = urls.map_ok(photo).try_collect().await?;
    Ok(Html(format!(
        "<!doctype html><title>Gallery</title><form method=post enctype=multipart/form-data>\
         <input type=file name=photos multiple> <button>Send</button></form>\
         <p><a href=/all>All as one archive</a></p>{photos}"
    )))
}

/// Keeps the photos of a form: all of them, or none.
async fn receive(State(store): State<Store>, request: Request) -> Result<Redirect> {
    let mut form = store.receive(request, &[PHOTOS]).await?;
    for photo in form.files(PHOTOS) {
        photo.save().await?;
    }
    form.commit().await?;
    Ok(Redirect::to("/"))
}

/// Answers with a photo, for whom has its signed URL.
async fn serve(
    State(store): State<Store>,
    Path(key): Path<String>,
    request: Request,
) -> Result<Response> {
    store.serve(&key, request).await
}

/// Removes a photo. All photos are everybody's here; where they are not, this is the place to ask whose it is.
async fn remove(State(store): State<Store>, Path(key): Path<String>) -> Result<Redirect> {
    store.files().remove(key).await?;
    Ok(Redirect::to("/"))
}

/// Answers with all photos in one archive, which is made while it is sent.
async fn all(State(store): State<Store>, request: Request) -> Result<Response> {
    let photos = store.files().list("").map_ok(Download::stored);
    let archive = Download::zip_stream(photos).filename("photos.zip");
    store.send(archive, request).await
}

pub(crate) fn app(directory: &str) -> Result<Router> {
    let store = Store::open(directory, StoreOptions::new().max_body(60 * MB))?;
    let routes = Router::new()
        .route("/", get(page).post(receive))
        .route("/all", get(all))
        .route("/_upload/{key}", get(serve).post(remove));
    Ok(routes.with_state(store))
}

#[tokio::main]
async fn main() -> Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app("uploaded_files")?).await?)
}
