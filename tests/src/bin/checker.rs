//! A server of one page whose upload has a check, for tests that start it again and several times: for `tests/it/checks/servers.rs`.
//!
//! `CHECK` is `none` where the page has no check, as another version of the program might, and `endless` where the check comes to no end.

use std::env;

use filekit::prelude::*;

#[state]
#[derive(Default)]
struct Inbox {
    names: Vec<String>,
}

#[state]
impl Inbox {
    #[event]
    async fn take(&mut self, files: Vec<UploadFile>) -> Result<()> {
        for file in files {
            self.names.push(file.save().await?.name().to_owned());
        }
        Ok(())
    }
}

async fn no_virus(file: &UploadFile) -> Result<Verdict> {
    if env::var("CHECK").as_deref() == Ok("endless") {
        return std::future::pending().await;
    }
    Ok(match &*file.text().await? {
        "a virus" => Verdict::Refuse("It holds a virus.".to_owned()),
        _ => Verdict::Clean,
    })
}

async fn page(inbox: Current<Inbox>) -> View {
    let files = match env::var("CHECK").as_deref() {
        Ok("none") => Upload::new("files"),
        _ => Upload::new("files").check(no_virus),
    };
    view![
        upload(id = &files, "Files"),
        button(on_click = Inbox::take(upload_files(&files)), "Take"),
        for name in &inbox.names {
            p(name)
        },
    ]
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(Router::new().route("/", get(page))).await
}
