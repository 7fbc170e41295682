//! Has each of the measured programs do its work.

use std::fs;
use std::path::Path;

use benches::process::{Server, Taken, has_nginx, measured};
use tempfile::TempDir;

use crate::load::{Way, Work};

/// A server that can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    Bare,
    Axum,
    Nginx,
    /// As the script of a page sends.
    Filekit,
    /// With an observer of all events, and figures for Prometheus.
    FilekitGuarded,
    /// As a form sends.
    FilekitForm,
    /// The handler lets go of the files.
    FilekitUnsaved,
    /// Files would survive a power cut.
    FilekitDurable,
}

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare loop",
            Self::Axum => "axum and multer",
            Self::Nginx => "nginx PUT",
            Self::Filekit => "filekit",
            Self::FilekitGuarded => "filekit, guarded",
            Self::FilekitForm => "filekit, multipart",
            Self::FilekitUnsaved => "filekit, without saving",
            Self::FilekitDurable => "filekit, durable",
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Axum => "axum",
            Self::Nginx => "nginx",
            Self::Filekit | Self::FilekitForm | Self::FilekitUnsaved => "filekit",
            Self::FilekitGuarded => "filekit-guarded",
            Self::FilekitDurable => "filekit-durable",
        }
    }

    fn way(self) -> Way {
        match self {
            Self::Bare | Self::Nginx => Way::Put,
            Self::Axum => Way::Form,
            Self::Filekit | Self::FilekitGuarded | Self::FilekitDurable => Way::Page(0),
            Self::FilekitForm => Way::Multipart(0),
            Self::FilekitUnsaved => Way::Page(1),
        }
    }

    pub(crate) fn is_here(self) -> bool {
        self != Self::Nginx || has_nginx()
    }

    /// Starts the server on an empty folder, gives it the work, and stops it.
    pub(crate) fn measure(self, work: Work, folder: &TempDir) -> Taken {
        let server = self.start(folder.path());
        let taken = measured(&server, &work.to_arguments(server.address(), self.way()));
        drop(server);
        assert!(self == Self::FilekitUnsaved || is_stored(folder.path(), work), "{} kept all files", self.name());
        taken
    }

    fn start(self, folder: &Path) -> Server {
        if self == Self::Nginx {
            fs::create_dir(folder.join("files")).expect("a folder");
            // With what `PUT` needs.
            let http = format!("client_max_body_size 0; client_body_temp_path {}/spool;", folder.display());
            return Server::start_nginx(folder, &http, "location / { dav_methods PUT; }");
        }
        Server::start(self.role(), folder)
    }
}

/// Whether there are as many bytes below the folder as were sent.
fn is_stored(folder: &Path, work: Work) -> bool {
    fn bytes(folder: &Path) -> u64 {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        entries
            .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
            .map(|entry| match entry.metadata().expect("a file") {
                found if found.is_dir() => bytes(&entry.path()),
                found => found.len(),
            })
            .sum()
    }
    bytes(folder) >= work.size * (work.files * work.requests) as u64
}
