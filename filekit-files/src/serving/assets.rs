//! The developer's own files: which of them a path of a URL names.

use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

/// A folder of files to be served, or a single file.
#[derive(Debug)]
pub struct Assets {
    /// The folder, without links in its path.
    root: PathBuf,
    /// The only file of the folder that is served, if it is only one.
    single: Option<OsString>,
}

impl Assets {
    /// # Errors
    ///
    /// If there is nothing at `path`.
    pub fn open(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        match (path.is_dir(), path.parent(), path.file_name()) {
            (false, Some(folder), Some(name)) => Ok(Self { root: folder.to_owned(), single: Some(name.to_owned()) }),
            _ => Ok(Self { root: path, single: None }),
        }
    }

    /// Whether some files are served that are in `folder`, or would be if they were there.
    #[must_use]
    pub fn reach_into(&self, folder: &Path) -> bool {
        self.single.is_none() && folder.canonicalize().is_ok_and(|folder| folder.starts_with(&self.root))
    }

    /// Where the file is that the path of a URL names, if there is any. Touches the disk.
    ///
    /// Links of the file system are followed as long as they stay in the folder. What has a name that begins with a dot
    /// is private: `.git`, `.env`.
    pub fn find(&self, url_path: &str) -> Option<PathBuf> {
        let segments = url_path.strip_prefix('/')?.split('/').map(segment);
        let wanted: PathBuf = segments.collect::<Option<_>>()?;
        if self.single.as_ref().is_some_and(|single| wanted.as_os_str() != single) {
            return None;
        }
        if self.has_no_links(&wanted) {
            return Some(self.root.join(wanted));
        }
        let path = self.root.join(wanted).canonicalize().ok()?;
        // A link may lead anywhere.
        let inside = path.strip_prefix(&self.root).ok()?;
        inside.components().all(is_plain).then_some(path)
    }
}

impl Assets {
    /// Whether there is a file at that path below the root and no link on the way. To find out takes less than to look for
    /// links from the root of the file system on.
    ///
    /// Not every system has one name for one file, and some let a name begin with invisible letters before a dot; so
    /// only names that are ASCII, and only on Linux.
    fn has_no_links(&self, wanted: &Path) -> bool {
        if !cfg!(target_os = "linux") || !wanted.as_os_str().is_ascii() {
            return false;
        }
        let mut path = self.root.clone();
        let mut left = wanted.iter().count();
        wanted.iter().all(|name| {
            path.push(name);
            left -= 1;
            let is_right = |found: Metadata| if left > 0 { found.is_dir() } else { found.is_file() };
            path.symlink_metadata().is_ok_and(is_right)
        })
    }
}

/// A part of a URL's path as the name of a folder or file: text that means nothing else to any system.
fn segment(encoded: &str) -> Option<String> {
    let name = percent_decode_str(encoded).decode_utf8().ok()?;
    let special = |character: char| character.is_control() || matches!(character, '/' | '\\' | ':');
    let is_name = !name.is_empty() && !name.starts_with('.') && !name.contains(special);
    is_name.then(|| name.into_owned())
}

fn is_plain(component: Component<'_>) -> bool {
    matches!(component, Component::Normal(name) if !name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Assets) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("assets");
        std::fs::create_dir_all(root.join("img")).unwrap();
        std::fs::create_dir_all(root.join(".git")).unwrap();
        for file in ["a b.txt", "img/é.png", ".env", ".git/config", "../outside"] {
            std::fs::write(root.join(file), file).unwrap();
        }
        let assets = Assets::open(&root).unwrap();
        (folder, assets)
    }

    #[test]
    fn a_path_names_a_file_of_the_folder_and_nothing_else() {
        let (_folder, assets) = folder();
        for found in ["/a%20b.txt", "/img/%C3%A9.png", "/%69mg/é.png"] {
            assert!(assets.find(found).is_some_and(|path| path.is_file()), "{found}");
        }
        for nothing in [
            "",
            "/",
            "//",
            "a%20b.txt",
            "/.env",
            "/%2eenv",
            "/.git/config",
            "/img/../a%20b.txt",
            "/img/%2e%2e/a%20b.txt",
            "/../outside",
            "/..%2foutside",
            "/%2e%2e%2foutside",
            "/..%5coutside",
            "/img//%C3%A9.png",
            "/img%2f%C3%A9.png",
            "/a%20b.txt/",
            "/a%20b.txt%00",
            "/a%20b.txt%00.png",
            "/C:%5coutside",
            "/%FF",
            "/img/",
            "/./a%20b.txt",
        ] {
            assert_eq!(assets.find(nothing), None, "{nothing}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_within_the_folder() {
        use std::os::unix::fs::symlink;
        let (folder, assets) = folder();
        let root = folder.path().join("assets");
        symlink("../outside", root.join("out")).unwrap();
        symlink("..", root.join("up")).unwrap();
        symlink(".env", root.join("env")).unwrap();
        symlink("img", root.join("pictures")).unwrap();
        assert!(assets.find("/pictures/%C3%A9.png").is_some());
        for nothing in ["/out", "/up/outside", "/env", "/up/assets/.env"] {
            assert_eq!(assets.find(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_single_file_is_alone() {
        let (folder, _) = folder();
        let assets = Assets::open(&folder.path().join("assets/a b.txt")).unwrap();
        assert!(assets.find("/a%20b.txt").is_some());
        assert_eq!(assets.find("/img/%C3%A9.png"), None);
    }
}
