//! Says what a download is made of and how it is called.

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _};
use http::HeaderValue;
use serde::Serialize;
use tokio::io::AsyncRead;

use crate::download::stream::read;
use crate::download::{Data, DownloadError, Entries, Source};
use crate::error::Error;
use crate::storage::{SafeName, SafePath};

/// A file that is handed to the visitor: returned from an event.
///
/// An event that takes `&self` and returns a download is a plain link in the page. It is sent while it is made, and works
/// without JavaScript. What an event that takes `&mut self` returns is complete before the event has succeeded: up to
/// 64 KiB travel inside of the reply, more is kept in a file on the disk that the browser fetches once.
///
/// These builders never fail: what is wrong with their arguments comes out as a [`DownloadError`] when the event has
/// returned, and the event fails.
///
/// # Examples
///
/// ```
/// use filekit_files::download::Download;
///
/// let download = Download::data("1,2,3").filename("numbers.csv");
/// ```
#[derive(Debug)]
#[must_use = "a download starts when it is returned from an event"]
pub struct Download {
    #[doc(hidden)]
    pub source: Source,
    pub(crate) filename: Option<String>,
    #[doc(hidden)]
    pub mime: Option<String>,
    pub(crate) inline: bool,
    /// How many bytes there are, if it was said.
    pub(crate) length: Option<u64>,
    /// What it is called unless said otherwise.
    #[doc(hidden)]
    pub nameless: &'static str,
}

impl Download {
    pub(crate) fn of(source: Source) -> Self {
        Self { source, filename: None, mime: None, inline: false, length: None, nameless: "download" }
    }

    /// Something of a known type, which names it until it is named.
    pub(crate) fn typed(source: Source, mime: &str, nameless: &'static str) -> Self {
        Self { mime: Some(mime.to_owned()), nameless, ..Self::of(source) }
    }

    /// Downloads what is under a URL: one of this site, or one that begins with `http://` or `https://`.
    ///
    /// A browser saves a file of another site only if that site says so; otherwise it goes there. Of a stored file, or one of the
    /// assets, an event that takes `&self` answers with the file in place of the way to it.
    ///
    /// # Security
    ///
    /// A layer or a proxy around filekit that guards assets by their path is not asked then: return only what the visitor may
    /// have.
    pub fn url(url: impl Into<String>) -> Self {
        Self::of(Source::Url(url.into()))
    }

    /// Downloads data that is at hand: text, bytes, a [`DataUri`](super::DataUri), JSON, or with the feature `image` an
    /// image.
    pub fn data(data: impl Data) -> Self {
        data.into_download()
    }

    /// Downloads a value as JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_files::download::Download;
    ///
    /// let download = Download::json(&vec![("a", 1)]).filename("numbers.json");
    /// ```
    pub fn json(value: &(impl Serialize + ?Sized)) -> Self {
        let source = match serde_json::to_vec(value) {
            Ok(json) => Source::Data(json.into()),
            Err(error) => Source::Broken(DownloadError::Data(error.to_string())),
        };
        Self::typed(source, "application/json", "download.json")
    }

    /// Downloads an image in a format. Needs the feature `image`.
    #[cfg(feature = "image")]
    pub fn image(image: &image::DynamicImage, format: image::ImageFormat) -> Self {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let source = match image.write_to(&mut bytes, format) {
            Ok(()) => Source::Data(bytes.into_inner().into()),
            Err(error) => Source::Broken(DownloadError::Data(error.to_string())),
        };
        let extension = format.extensions_str().first().copied().unwrap_or_default();
        let mut download = Self::typed(source, format.to_mime_type(), "download");
        download.filename = (!extension.is_empty()).then(|| format!("download.{extension}"));
        download
    }

    /// Downloads bytes as they come. Nothing of it is kept in memory; a reader who goes away drops the stream.
    ///
    /// If the stream fails, the connection breaks, so that no part of a file passes for the whole.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use filekit_files::download::Download;
    /// use futures_util::stream;
    ///
    /// let lines = (0..1_000_000).map(|number| Ok::<_, Infallible>(format!("{number}\n")));
    /// let download = Download::stream(stream::iter(lines)).filename("numbers.csv");
    /// ```
    pub fn stream<S, B, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<B, E>> + Send + 'static,
        B: Into<Bytes> + 'static,
        E: Into<Error> + 'static,
    {
        Self::of(Source::Stream(Box::pin(stream.map_ok(Into::into).map_err(Into::into))))
    }

    /// Downloads what can be read from something, such as a file or a pipe. Nothing of it is kept in memory.
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        Self::of(Source::Stream(read(reader)))
    }

    /// Downloads a stored file by its key, under its own name if no other is given. Ranges and conditions work as under
    /// `upload_url`, so a download that broke off goes on.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_files::download::Download;
    /// use filekit_files::storage::StoredFile;
    ///
    /// fn download(photo: &StoredFile) -> Download {
    ///     Download::stored(photo)
    /// }
    /// ```
    pub fn stored(key: impl AsRef<str>) -> Self {
        Self::of(Source::Stored(key.as_ref().to_owned()))
    }

    /// Downloads many files as one zip archive, each an entry under its file name.
    ///
    /// The name of an entry may have folders: `.filename("2024/a.jpg")`. Equal names are numbered.
    ///
    /// The archive is made while it is sent. Its entries are not compressed, and are read one after the other, so neither
    /// their sizes nor their number matters. The same entries make the same archive. If the length of each is known, so is
    /// that of the archive, and the browser can tell how much is left. For this all entries are taken at once;
    /// [`Download::zip_stream`] takes them one by one.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_files::download::Download;
    /// use filekit_files::storage::StoredFile;
    ///
    /// fn all(photos: &[StoredFile]) -> Download {
    ///     Download::zip(photos.iter().map(Download::stored)).filename("photos.zip")
    /// }
    /// ```
    pub fn zip(entries: impl IntoIterator<Item = Download>) -> Self {
        Self::archive(Entries::Listed(entries.into_iter().collect()))
    }

    /// Downloads many files as one zip archive, as [`Download::zip`] does, whose entries are made one by one while it is sent:
    /// an entry is asked for when those before it have been sent. The length of the archive is not known then, unless
    /// [`length`](Self::length) says it.
    ///
    /// An entry that is wrong or fails breaks the connection, so that no part of an archive passes for the whole.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use filekit_files::download::Download;
    /// use futures_util::stream;
    ///
    /// let pages = (1..=1_000).map(|page| Download::data("x".repeat(1_000_000)).filename(format!("pages/{page}.txt")));
    /// let download = Download::zip_stream(stream::iter(pages.map(Ok::<_, Infallible>))).filename("pages.zip");
    /// ```
    pub fn zip_stream<S, E>(entries: S) -> Self
    where
        S: Stream<Item = Result<Download, E>> + Send + 'static,
        E: Into<Error> + 'static,
    {
        Self::archive(Entries::Lazy(Box::pin(entries.map_err(Into::into))))
    }

    fn archive(entries: Entries) -> Self {
        Self::typed(Source::Zip(entries), "application/zip", "download.zip")
    }

    /// Sets the name of the file. Default: the name of a stored file; for a URL its last segment; `download` with the
    /// extension of JSON, an image or an archive. Folders in it count for an entry of an archive alone.
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(name.into());
        self
    }

    /// Sets the MIME type. Default: judged by content and name.
    pub fn mime(mut self, mime: impl Into<String>) -> Self {
        self.mime = Some(mime.into());
        self
    }

    /// Lets the browser show the file in place of saving it. Only a plain link does: an event that takes `&self`.
    ///
    /// # Security
    ///
    /// Images, sound, video, PDF and plain text are shown. Anything else might run a script, and is saved all the same.
    pub fn inline(mut self) -> Self {
        self.inline = true;
        self
    }

    /// Says how many bytes a stream or a reader will have, so that a browser can tell how much is left. If there are more or
    /// fewer, the connection breaks.
    pub fn length(mut self, bytes: u64) -> Self {
        self.length = Some(bytes);
        self
    }

    /// Whether a browser may show it in place of saving it.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        self.inline
    }

    /// Checks what the builders took on trust.
    ///
    /// # Errors
    ///
    /// If the name is none, the type is none, the URL is none that a browser downloads from, or the data could not be
    /// written. Of an archive, if any of its entries is wrong, or a URL.
    pub fn checked(self) -> Result<Self, DownloadError> {
        self.check()?;
        Ok(self)
    }

    pub(super) fn check(&self) -> Result<(), DownloadError> {
        self.safe_filename()?;
        if let Some(mime) = self.mime.as_deref().filter(|mime| !is_mime(mime)) {
            return Err(DownloadError::Mime(mime.to_owned()));
        }
        match &self.source {
            Source::Url(url) if !is_downloadable(url) => Err(DownloadError::Url(url.clone())),
            Source::Broken(error) => Err(error.clone()),
            Source::Data(data) => match self.length {
                Some(said) if said != data.len() as u64 => Err(DownloadError::Length { said }),
                _ => Ok(()),
            },
            Source::Zip(entries) => entries.check(),
            _ => Ok(()),
        }
    }

    /// The name, safe to be used on disk, if one was given.
    ///
    /// # Errors
    ///
    /// If it is empty, has control characters in it, or is a path with `..` in it, such as `../a`.
    pub fn safe_filename(&self) -> Result<Option<SafeName>, DownloadError> {
        Ok(self.safe_path()?.map(|path| path.name().to_save()))
    }

    /// The name with its folders, safe to be used on disk, if one was given.
    ///
    /// # Errors
    ///
    /// As [`safe_filename`](Self::safe_filename).
    pub(crate) fn safe_path(&self) -> Result<Option<SafePath>, DownloadError> {
        let Some(name) = &self.filename else { return Ok(None) };
        let wrong = || DownloadError::Filename(name.clone());
        if name.trim().is_empty() || name.contains(char::is_control) {
            return Err(wrong());
        }
        SafePath::parse(name).map(Some).map_err(|_| wrong())
    }
}

fn is_mime(mime: &str) -> bool {
    mime.contains('/') && HeaderValue::from_str(mime).is_ok()
}

/// A path on this site, or an absolute URL of http or https. `//host` would be another site's without saying so.
fn is_downloadable(url: &str) -> bool {
    let scheme = url.split(['/', '?', '#']).next().and_then(|first| first.split_once(':')).map(|(scheme, _)| scheme);
    let visible = url.bytes().all(|byte| byte > b' ' && byte != 0x7f);
    match scheme {
        Some(scheme) => visible && (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")),
        // Browsers read a backslash as a slash.
        None => visible && !url.is_empty() && !url.replace('\\', "/").starts_with("//"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_relative_or_of_the_web() {
        for url in ["/a.pdf", "a.pdf", "?x=a:b", "https://example.org/a", "HTTP://example.org", "a/b:c"] {
            assert!(Download::url(url).checked().is_ok(), "{url}");
        }
        for url in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            " javascript:x",
            "//evil.test/a",
            "/\\evil.test",
            "\\\\evil.test",
            "java\nscript:x",
            "file:///a",
        ] {
            assert_eq!(Download::url(url).checked().unwrap_err(), DownloadError::Url(url.to_owned()));
        }
    }

    #[test]
    fn a_mime_type_is_one_line_with_a_slash() {
        for mime in ["text/plain\r\nx: y", "text", ""] {
            let error = Download::data("x").mime(mime).checked().unwrap_err();
            assert_eq!(error, DownloadError::Mime(mime.to_owned()));
        }
    }

    #[test]
    fn names_are_names() {
        for name in ["a b.txt", "/data/ada/a b.txt", r"C:\Users\ada\a b.txt"] {
            let download = Download::data("x").filename(name).checked().unwrap();
            assert_eq!(download.safe_filename().unwrap().unwrap().as_str(), "a b.txt");
        }
        for name in ["", " ", "../a", "/etc/../passwd", "a\r\nb.txt", "a\0b", r"C:\..\a"] {
            let error = Download::data("x").filename(name).checked().unwrap_err();
            assert_eq!(error, DownloadError::Filename(name.to_owned()));
        }
    }

    #[test]
    fn an_archive_is_as_good_as_its_entries() {
        let zip = |entry| Download::zip([Download::data("x"), entry]).checked().map(|_| ());
        assert_eq!(zip(Download::data("x").filename("a")), Ok(()));
        assert_eq!(zip(Download::url("/a")), Err(DownloadError::Entry("/a".to_owned())));
        assert_eq!(zip(Download::data("x").filename("../a")), Err(DownloadError::Filename("../a".to_owned())));
    }

    #[test]
    fn a_value_that_cannot_be_json_is_an_error_when_it_is_handed_over() {
        let keys_that_are_no_text = std::collections::HashMap::from([((1, 2), 3)]);
        let error = Download::json(&keys_that_are_no_text).checked().unwrap_err();
        assert!(matches!(error, DownloadError::Data(_)), "{error}");
    }
}
