//! A browser that runs, with its driver and the folder that it uses: how it starts, and how what a test has left is cleared
//! away. What tests do with it stands in `mod.rs`.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    command::Command,
    driver::Driver,
    kind::{Allowed, Kind},
    line::Line,
    webkit::{self, Screen},
};

/// A browser with one window, which shows an empty page.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) kind: Kind,
    pub(super) line: Line,
    // Ends the session, and with it the browser, when dropped; so it has to go before the folder that the browser uses.
    pub(super) driver: Driver,
    // Asks for the end of the session too, so it goes after the driver.
    pub(super) client: Client,
    /// What it is shown on, if it needs something for that.
    _screen: Option<Screen>,
    folder: TempDir,
    size: (u64, u64),
    /// Of the servers whose pages were opened.
    origins: Mutex<Vec<String>>,
}

impl Running {
    /// Starts a browser with a profile of its own. Returns what to install if there is none.
    pub(super) async fn start(kind: Kind, allowed: Allowed) -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("filekit-browser-").tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("downloads")).expect("a folder for downloads");
        let line = Line::new(kind).expect("a free port");
        let screen = match kind {
            Kind::WebKit => Some(Screen::start().await?),
            Kind::Chromium | Kind::Firefox => None,
        };
        let capabilities = kind.capabilities(folder.path(), allowed, line.port());
        let (driver, client) = match &screen {
            Some(screen) => webkit::start(screen, folder.path(), &capabilities).await?,
            None => {
                let driver = Driver::start(|| kind.driver(folder.path()), folder.path()).await?;
                connect(kind, driver, capabilities).await?
            }
        };
        let size = client.get_window_size().await.expect("a window");
        Ok(Self { kind, line, driver, client, _screen: screen, folder, size, origins: Mutex::default() })
    }

    /// The folder that the browser uses.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where downloads go.
    pub(super) fn download_folder(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    /// The names of all files in the folder for downloads, sorted; also of those that are still under way.
    pub(super) fn downloads(&self) -> Vec<String> {
        let entries = fs::read_dir(self.download_folder()).expect("a folder for downloads");
        let names = entries.map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// Whether a download is not complete yet.
    pub(super) fn is_downloading(&self) -> bool {
        self.downloads().iter().any(|name| is_unfinished(name))
    }

    /// Remembers that pages of the server of this URL may have stored something.
    pub(super) fn remember(&self, url: &str) {
        let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let mut origins = self.origins();
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }

    fn origins(&self) -> MutexGuard<'_, Vec<String>> {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Clears away what a test has left: windows, cookies, what pages have stored, the cache, downloads, settings.
    pub(super) async fn clear(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.line.limit(None);
        let old = self.client.windows().await?;
        let new = self.client.new_window(true).await?.handle;
        for window in old {
            self.client.switch_to_window(window).await?;
            self.client.close_window().await?;
        }
        self.client.switch_to_window(new).await?;
        match self.kind {
            Kind::Chromium => self.clear_chromium().await?,
            Kind::Firefox => self.clear_firefox(self.size).await?,
            Kind::WebKit => return Err("it cannot be cleared".into()),
        }
        self.driver.take_printed();
        self.empty_download_folder()?;
        Ok(())
    }

    async fn clear_chromium(&self) -> Result<(), CmdError> {
        let origins = std::mem::take(&mut *self.origins());
        for origin in origins {
            let all = json!({ "origin": origin, "storageTypes": "all" });
            self.issue(Command::devtools("Storage.clearDataForOrigin", all)).await?;
        }
        for command in ["Network.clearBrowserCookies", "Network.clearBrowserCache", "Page.bringToFront"] {
            self.issue(Command::devtools(command, json!({}))).await?;
        }
        self.issue(Command::console()).await?;
        Ok(())
    }

    fn empty_download_folder(&self) -> io::Result<()> {
        for name in self.downloads() {
            fs::remove_file(self.download_folder().join(name))?;
        }
        Ok(())
    }

    /// Gives a command of the driver's own.
    pub(super) async fn issue(&self, command: Command) -> Result<Value, CmdError> {
        self.client.issue_cmd(command).await
    }
}

/// Lets a driver start a browser. Returns why it doesn't.
pub(super) async fn connect(
    kind: Kind,
    mut driver: Driver,
    capabilities: Capabilities,
) -> Result<(Driver, Client), String> {
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(driver.url())
        .await
        .map_err(|error| format!("{kind:?} doesn't start, is it installed? {error}"))?;
    let session = client.session_id().await.expect("a session");
    driver.session_started(session.expect("a session has an id"));
    Ok((driver, client))
}

/// Whether a browser still writes to this file, which gets its own name when it is complete.
fn is_unfinished(name: &str) -> bool {
    name.starts_with(".org.chromium.")
        || [".crdownload", ".part", ".wkdownload"].iter().any(|ending| name.ends_with(ending))
}
