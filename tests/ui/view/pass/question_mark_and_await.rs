#![deny(warnings)]
//! A view is code like any other: it can wait, and fail.

use filekit::prelude::*;

async fn size(name: &str) -> Result<u64> {
    Ok(u64::try_from(name.len())?)
}

async fn row(name: &str) -> Result<View> {
    Ok(view![li(title = name, name, " ", size(name).await?)])
}

async fn page() -> Result<View> {
    let names = ["a.txt", "b.txt"];
    Ok(view![
        h1(class = names.first().map(|name| name.to_owned()), "Files"),
        if size("x").await? > 0 {
            "some"
        },
        ul(for name in names {
            row(name).await?;
        }),
    ])
}

fn is_send<T: Send>(_: T) {}

fn main() {
    is_send(page());
}
