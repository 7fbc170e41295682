//! Lists the files of a bucket, page by page.

use std::collections::VecDeque;
use std::io;

use futures_util::{TryStreamExt as _, stream};
use object_store::list::{PaginatedListOptions, PaginatedListResult, PaginatedListStore};
use object_store::path::{self, Path};
use object_store::{Error, ListResult, ObjectMeta, ObjectStore as _};

use crate::storage::object::error::{io_error, or_not_found};
use crate::storage::object::{ObjectStorage, metadata};
use crate::storage::{FileKey, FileListing, Folder, Listed, Listing};

/// How many keys S3 tells at most for a question.
const PAGE: usize = 1_000;

/// Behind all keys that begin with what stands before it.
const LAST: char = char::MAX;

/// The files of a listing.
pub(super) fn list(storage: ObjectStorage, listing: Listing) -> FileListing {
    let folder = listing.prefix.rsplit_once('/').map(|(folder, _)| folder);
    if folder.is_some_and(|folder| Folder::recognise(folder).is_none()) {
        // No key begins so, and stores do not agree on what `a//` or `../` is.
        return Box::pin(stream::empty());
    }
    match storage.pages.clone() {
        Some(pages) => Box::pin(Pages::new(pages, storage, listing).into_stream()),
        None => whole(storage, listing),
    }
}

/// A listing of a store that has no pages.
fn whole(storage: ObjectStorage, listing: Listing) -> FileListing {
    let folder = listing.prefix.rfind('/').map_or("", |slash| &listing.prefix[..slash]);
    let Ok(within) = Path::parse(format!("{}{folder}", storage.prefix)) else { return Box::pin(stream::empty()) };
    let objects = storage.store.list(Some(&within)).map_err(io_error);
    let mut last_folder = None;
    let found = objects.try_filter_map(move |object| {
        let listed = storage.entry(&listing, object).filter(|listed| place(listed) > listing.after);
        let listed = listed.filter(|listed| match listed {
            Listed::Folder(folder) => last_folder.replace(folder.clone()).as_ref() != Some(folder),
            Listed::File(..) => true,
        });
        std::future::ready(Ok(listed))
    });
    Box::pin(found)
}

impl ObjectStorage {
    /// What a listing shows of an object.
    fn entry(&self, listing: &Listing, object: ObjectMeta) -> Option<Listed> {
        let text = object.location.as_ref().strip_prefix(&self.prefix)?;
        let below = text.strip_prefix(&listing.prefix)?;
        if let Some(slash) = below.find('/').filter(|_| listing.one_level) {
            return Folder::recognise(&text[..listing.prefix.len() + slash]).map(Listed::Folder);
        }
        FileKey::parse(text).map(|key| Listed::File(key, metadata(object)))
    }

    /// The folder of a prefix that a store has in place of the keys that begin with it.
    fn folder(&self, prefix: &Path) -> Option<Listed> {
        Folder::recognise(prefix.as_ref().strip_prefix(&self.prefix)?).map(Listed::Folder)
    }
}

/// A listing in the middle.
struct Pages {
    pages: std::sync::Arc<dyn PaginatedListStore>,
    storage: ObjectStorage,
    listing: Listing,
    found: VecDeque<Listed>,
    /// Where the last entry stands that was told.
    last: String,
    next: Next,
    /// The key that is the prefix, if it is one, until it was looked for.
    prefix_itself: Option<FileKey>,
    /// How many keys are asked for at a time.
    size: usize,
    /// Whether the store may begin before the place that it is asked to begin behind. Its keys come in order then.
    begins_anywhere: bool,
}

/// What the client of Azure calls itself. Services of before version 2026-02-06, such as Azurite 3.34, take no notice of `startFrom`.
const AZURE: &str = "MicrosoftAzure";

/// Where the next page begins.
enum Next {
    Behind(String),
    Token(String),
    /// There is none.
    Nowhere,
}

impl Pages {
    fn new(pages: std::sync::Arc<dyn PaginatedListStore>, storage: ObjectStorage, listing: Listing) -> Self {
        let last = listing.after.clone();
        let next = Next::Behind(last.clone());
        let prefix_itself = FileKey::parse(&listing.prefix);
        let begins_anywhere = storage.store.to_string().starts_with(AZURE);
        Self { pages, storage, listing, found: VecDeque::new(), last, next, prefix_itself, size: PAGE, begins_anywhere }
    }

    fn into_stream(self) -> impl futures_util::Stream<Item = io::Result<Listed>> + Send {
        stream::try_unfold(self, |mut this| async move {
            loop {
                if let Some(found) = this.found.pop_front() {
                    if this.is_there(&found).await? {
                        return Ok(Some((found, this)));
                    }
                } else if !this.turn().await? {
                    return Ok(None);
                }
            }
        })
    }

    /// Some programs make an empty object whose key ends with a slash for a folder, and the slash is not told here.
    async fn is_there(&self, listed: &Listed) -> io::Result<bool> {
        match listed {
            Listed::File(key, found) if found.size == 0 => {
                let path = self.storage.path(key)?;
                Ok(or_not_found(self.storage.head(&path).await)?.is_some())
            }
            _ => Ok(true),
        }
    }

    /// Asks for the next page. Returns false if there is none.
    async fn turn(&mut self) -> io::Result<bool> {
        let (offset, page_token) = match &self.next {
            Next::Nowhere => return Ok(false),
            Next::Behind(after) if after.is_empty() => (None, None),
            Next::Behind(after) => (Some(format!("{}{after}", self.storage.prefix)), None),
            Next::Token(token) => (None, Some(token.clone())),
        };
        let options = PaginatedListOptions {
            offset,
            delimiter: self.listing.one_level.then_some("/".into()),
            max_keys: Some(self.size),
            page_token,
            ..PaginatedListOptions::default()
        };
        let prefix = format!("{}{}", self.storage.prefix, self.listing.prefix);
        match self.pages.list_paginated(Some(&prefix), options).await {
            Ok(page) => {
                self.take(page);
                self.add_prefix_itself().await?;
            }
            Err(Error::InvalidPath { source }) => self.step_over(source)?,
            Err(error) => return Err(io_error(error)),
        }
        Ok(true)
    }

    /// The client of Azure leaves out what is the prefix itself, as some stores have that for a folder. It stands before all others.
    async fn add_prefix_itself(&mut self) -> io::Result<()> {
        let prefix = std::mem::take(&mut self.prefix_itself);
        let Some(key) = prefix.filter(|key| key.as_str() > self.listing.after.as_str()) else { return Ok(()) };
        if matches!(self.found.front(), Some(Listed::File(first, _)) if *first == key) {
            return Ok(());
        }
        let path = self.storage.path(&key)?;
        if let Some(found) = or_not_found(self.storage.head(&path).await)? {
            self.found.push_front(Listed::File(key, found));
        }
        Ok(())
    }

    fn take(&mut self, page: PaginatedListResult) {
        let PaginatedListResult { result: ListResult { objects, common_prefixes, .. }, page_token } = page;
        let folders = common_prefixes.iter().filter_map(|prefix| self.storage.folder(prefix));
        let files = objects.into_iter().filter_map(|object| self.storage.entry(&self.listing, object));
        // Behind `a/` the keys of that folder follow, so it is told again.
        let is_behind = |listed: &Listed| match self.begins_anywhere {
            true => place(listed) > self.last,
            false => place(listed) != self.listing.after,
        };
        let mut found: Vec<Listed> = files.chain(folders).filter(is_behind).collect();
        // Within a page a store tells files and folders apart. It decides their order in all other respects.
        if self.listing.one_level {
            found.sort_by_cached_key(place);
        }
        if let Some(last) = found.last() {
            self.last = place(last);
        }
        self.found.extend(found);
        self.next = page_token.map_or(Next::Nowhere, Next::Token);
    }

    /// A page that has a key that is no path of the crate `object_store`, such as `a//b`, is refused as a whole. So less is asked for,
    /// until that is the only key, and then for what is behind it.
    fn step_over(&mut self, error: path::Error) -> io::Result<()> {
        let behind = |after: &str| match self.listing.one_level && after.ends_with('/') {
            true => format!("{after}{LAST}"),
            false => after.to_owned(),
        };
        if self.size > 1 {
            self.size /= 2;
            self.next = Next::Behind(behind(&self.last));
            return Ok(());
        }
        let strange = match error {
            path::Error::EmptySegment { path } | path::Error::BadSegment { path, .. } => path,
            error => return Err(io::Error::other(error)),
        };
        let after = behind(strange.strip_prefix(&self.storage.prefix).unwrap_or(&strange));
        if matches!(&self.next, Next::Behind(before) if *before >= after) {
            return Err(io::Error::other(format!("the store goes back to the key `{strange}` in its list")));
        }
        self.last.clone_from(&after);
        self.next = Next::Behind(after);
        self.size = PAGE;
        Ok(())
    }
}

/// Where an entry stands in the order of keys.
fn place(listed: &Listed) -> String {
    match listed {
        Listed::File(key, _) => key.as_str().to_owned(),
        Listed::Folder(folder) => folder.as_prefix().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use object_store::memory::InMemory;
    use object_store::{ListResult, ObjectStoreExt as _, PutPayload};

    use super::*;

    /// Keys of a bucket, told as the clients of the cloud do: a page with a key that is no path is an error.
    #[derive(Debug)]
    struct Bucket(Vec<String>);

    #[async_trait::async_trait]
    impl PaginatedListStore for Bucket {
        async fn list_paginated(
            &self,
            prefix: Option<&str>,
            options: PaginatedListOptions,
        ) -> object_store::Result<PaginatedListResult> {
            let after = options.page_token.or(options.offset).unwrap_or_default();
            let is_wanted = |key: &&String| key.starts_with(prefix.unwrap_or_default()) && **key > after;
            let keys: Vec<&String> = self.0.iter().filter(is_wanted).take(options.max_keys.unwrap_or(PAGE)).collect();
            let page_token = keys.last().map(|last| (*last).clone());
            let object = |key: &String| {
                let location = Path::parse(key)?;
                Ok(ObjectMeta { location, last_modified: Default::default(), size: 1, e_tag: None, version: None })
            };
            let objects = keys.into_iter().map(object).collect::<object_store::Result<_>>()?;
            let result = ListResult { objects, common_prefixes: Vec::new(), extensions: Default::default() };
            Ok(PaginatedListResult { result, page_token })
        }
    }

    async fn listed(mut keys: Vec<String>) -> Vec<String> {
        keys.sort();
        let storage = ObjectStorage::new(InMemory::new());
        let listed = Pages::new(Arc::new(Bucket(keys)), storage, Listing::default()).into_stream();
        listed.map_ok(|listed| place(&listed)).try_collect().await.unwrap()
    }

    #[tokio::test]
    async fn keys_that_are_no_paths_hide_no_others() {
        let mut keys: Vec<String> = (0..3_000).map(|number| format!("{number:05}.txt")).collect();
        let wanted = keys.clone();
        for strange in ["00000//a", "00500//b", "00500//c", "01234/../d", "02999.txt//", "z//"] {
            keys.push(strange.to_owned());
        }
        keys.push(".hidden".to_owned());
        assert_eq!(listed(keys).await, wanted);
        assert_eq!(listed(vec!["a//b".to_owned(), "a//c".to_owned()]).await, [""; 0]);
    }

    #[tokio::test]
    async fn an_object_for_a_folder_is_no_file() {
        let store = InMemory::new();
        store.put(&Path::from("empty.txt"), PutPayload::new()).await.unwrap();
        let storage = ObjectStorage::new(store);
        let entries = |size| {
            let object = |name: &str| ObjectMeta {
                location: Path::from(name),
                last_modified: Default::default(),
                size,
                e_tag: None,
                version: None,
            };
            [object("empty.txt"), object("folder")].map(|object| storage.entry(&Listing::default(), object).unwrap())
        };
        let mut found = Pages::new(Arc::new(Bucket(Vec::new())), storage.clone(), Listing::default());
        found.found.extend(entries(0));
        let listed: Vec<Listed> = found.into_stream().try_collect().await.unwrap();
        assert_eq!(listed.iter().map(place).collect::<Vec<_>>(), ["empty.txt"], "`folder/` is told as `folder`");
    }
}
