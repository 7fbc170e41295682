//! Pages in a real Chromium, the main ones in Firefox and WebKit too: what a person sees and does. What the server checks is for the HTTP tests.

mod accessible;
mod announce;
mod audit;
mod board;
mod changed;
mod checks;
mod choose;
mod claims;
mod cookies;
mod desk;
mod development;
mod direct;
mod download;
mod download_links;
mod download_names;
mod download_scripts;
mod download_trouble;
mod drive;
mod failure;
mod file_list;
mod files;
mod films;
mod firefox;
mod fleet;
mod fleet_faults;
mod folders;
mod heal;
mod kept;
mod keyboard;
mod language;
mod ledger;
mod live;
mod looks;
mod on_s3;
mod overlay;
mod patched;
mod plain;
mod plain_layouts;
mod policy;
mod progress;
mod rooms;
mod rules;
mod selection;
mod serving;
mod sign_in;
mod stale;
mod states;
mod styles;
mod survive;
mod texts;
mod transfer;
mod unplugged;
mod upload;
mod uploader;
mod uploader_access;
mod webkit;

use std::path::Path;

use filekit_tests::{Browser, Server, UploadDir};

/// The names of the chosen files, on the page of `examples/upload`.
const CHOSEN: &str = ".fk-hstack .fk-text";

/// The links to the uploaded files, on the page of `examples/upload`.
const UPLOADED: &str = "a.fk-link";

/// A browser on the page of `examples/upload`.
struct Example {
    files: UploadDir,
    server: Server,
    browser: Browser,
}

impl Example {
    async fn start() -> Self {
        Self::on_screen(1000, 900, "light").await
    }

    /// On a screen of that size, with that colour scheme of the system.
    async fn on_screen(width: u32, height: u32, scheme: &str) -> Self {
        let files = UploadDir::new();
        let server = Server::start(&files).await;
        let browser = Browser::start().await;
        browser.pretend(width, height, scheme).await;
        browser.open(&server.url("/")).await;
        Self { files, server, browser }
    }

    /// Chooses files as in the dialog, and waits until they are listed after those that were chosen before.
    async fn choose(&self, files: &[&Path]) {
        let mut names = self.browser.texts(CHOSEN).await;
        let chosen = files.iter().map(|path| path.file_name().expect("a file").to_string_lossy().into_owned());
        names.extend(chosen);
        self.browser.choose("file_upload", files).await;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.browser.see_texts(CHOSEN, &names).await;
    }
}
