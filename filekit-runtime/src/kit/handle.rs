//! A filekit, as programs hold it. How it is configured and served is `app/`.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::error::Result;
use crate::kit::{Config, Local, Shared, move_uploads, notified};
use crate::state::{State, key_of};
use crate::storage::{Files, SaveTransaction, StorageProblem};
use crate::tag::Tagged;
use crate::texts::Texts;
use crate::upload::FileStore;
use crate::visitor::ambient::{self, FileLinks};
use crate::visitor::{Mount, NotServed, SessionId};

/// Everything that pages need to run: where files go, what is secret, what visitors have.
///
/// It is cheap to clone; all clones are one.
///
/// # Examples
///
/// ```no_run
/// use axum::Router;
/// use filekit_runtime::FileKit;
///
/// # fn pages() -> Router { Router::new() }
/// # fn main() -> filekit_runtime::Result<()> {
/// let filekit = FileKit::builder().upload_dir("/srv/uploads").build()?;
/// let app: Router = Router::new().nest("/files", filekit.router(pages()));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct FileKit(pub(crate) Arc<Kit>);

/// The data that requests share, by how long it lives and which other servers have to know it.
#[derive(Debug)]
pub(crate) struct Kit {
    pub(crate) config: Config,
    pub(crate) shared: Shared,
    pub(crate) local: Local,
}

impl FileKit {
    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    pub(crate) fn local(&self) -> &Local {
        &self.0.local
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.0.config.texts
    }

    /// Where the files of a call go, which are saved as a part of this transaction.
    pub(crate) fn file_store(&self, saves: &SaveTransaction) -> FileStore {
        let (files, spool) = (self.shared().files.clone(), self.local().spool.clone());
        FileStore { files, spool, saves: saves.share() }
    }

    /// The stored files, for what is a part of this transaction.
    pub(crate) fn files_within(&self, saves: &SaveTransaction) -> Files {
        Files::within(self.shared().files.clone(), self.local().spool.clone(), saves.share())
    }

    /// The stored files of the program: to list, open, rename, copy or remove them from anywhere. Handlers of pages take
    /// [`Files`](crate::storage::Files) as an extractor; events as well (`#[extract] files: Files`), and there it is all or nothing.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use filekit_runtime::{FileKit, Result};
    /// use futures_util::TryStreamExt as _;
    ///
    /// async fn bytes_of_claim(filekit: &FileKit, claim: u32) -> Result<u64> {
    ///     let files = filekit.files().list(format!("claims/{claim}/"));
    ///     files.try_fold(0, |sum, file| async move { Ok(sum + file.size()) }).await
    /// }
    /// ```
    #[must_use]
    pub fn files(&self) -> Files {
        Files::new(self.shared().files.clone(), self.local().spool.clone())
    }

    /// Tries whether files can be kept: a small one is written, found, read, listed and removed. A storage that is not the disk is
    /// tried at the start as well, and what is wrong with it is logged. Where browsers send files to it by themselves, it is asked
    /// whether pages under the names of [`hosts`](crate::FileKitBuilder::hosts) may.
    ///
    /// # Errors
    ///
    /// What is wrong, and what to do.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # async fn example(filekit: filekit_runtime::FileKit) {
    /// if let Err(problem) = filekit.check_storage().await {
    ///     eprintln!("{problem}");
    /// }
    /// # }
    /// ```
    pub async fn check_storage(&self) -> std::result::Result<(), StorageProblem> {
        self.shared().files.check(&self.local().spool, &self.config().hosts.origins()).await
    }

    /// The stored files under URLs for requests that came by this mount.
    pub(crate) fn files_at(&self, mount: &Mount) -> Arc<FileLinks> {
        let files = &self.0.config.files;
        match mount.base() == files.base {
            true => Arc::clone(files),
            false => Arc::new(FileLinks { base: mount.base().to_owned(), ..FileLinks::clone(files) }),
        }
    }

    /// Changes the state of an owner from outside of events: in a task that goes on when the event is done, for
    /// example. Open documents that show it follow.
    ///
    /// It waits until no event runs on this state of the owner, so an event with `&mut self` must not wait for it, whatever
    /// the state: it spawns a task that does, and does not wait for that. A page must not call it, because every change
    /// calls the page. It is all or nothing: if `change` panics, the state is as it was. An owner who has no such state
    /// gets the initial one, changed. If the owner is a session that was [renewed](Self::renew_session), the change goes to the one that came after it.
    ///
    /// # Errors
    ///
    /// If `change` panics, or makes the state larger than a state may be; if the session has ended; or if an event with `&mut self`, or a page
    /// that is called after one, waits for this.
    ///
    /// # Security
    ///
    /// A [`SessionId`] identifies the visitor: a client that has it in a cookie is that visitor. Keep it in the program.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use filekit_runtime::{FileKit, Result};
    /// # use filekit_runtime::session::SessionId;
    /// # use filekit_runtime::state::State;
    /// async fn finish<S: State>(filekit: FileKit, owner: S::Owner, done: fn(&mut S)) -> Result<()> {
    ///     filekit.update::<S>(&owner, |state| done(state)).await
    /// }
    /// ```
    pub async fn update<S: State>(&self, owner: &S::Owner, change: impl FnOnce(&mut S) + Send) -> Result<()> {
        let owner = key_of(owner);
        self.0.shared.states.update(owner, change).await
    }

    /// Reads the state of an owner, as it is now: what [`Current`](crate::state::Current) shows on a page, for a task or a handler of
    /// another owner.
    ///
    /// An owner whose state nothing has changed yet has `S::initial()`.
    ///
    /// # Errors
    ///
    /// If the store of states fails; the one in memory does not.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use filekit_runtime::{FileKit, Result};
    /// # use filekit_runtime::state::{Everyone, State};
    /// async fn count<S: State<Owner = Everyone>>(filekit: FileKit, count: fn(&S) -> usize) -> Result<usize> {
    ///     let board = filekit.read::<S>(&Everyone).await?;
    ///     Ok(count(&board))
    /// }
    /// ```
    pub async fn read<S: State>(&self, owner: &S::Owner) -> Result<Arc<S>> {
        let owner = key_of(owner);
        Ok(self.0.shared.states.load(&owner).await?.state)
    }

    /// Checks that the store of states can be reached; that in memory always can. [`serve`](Self::serve) does so before it listens; a program with
    /// a server of its own calls this when it starts, so that a wrong address is found then and not by the first visitor.
    ///
    /// # Errors
    ///
    /// If it cannot: the error says why, and what to do.
    pub async fn check_states(&self) -> Result<()> {
        self.0.shared.states.check_store().await
    }

    /// Lets open documents that [follow](crate::view::View::follow) a topic show what it is about as it is now: each has its page called
    /// again, and gets what has changed in it.
    ///
    /// Call it after what the pages read has changed; it may be called from anywhere, and as often as something changes: a document is told ten times a
    /// second at most. In an event they are told once more when the event has succeeded, so that they see what it has done with files, too.
    /// It comes back when other servers have been told as well; if they cannot be told, the log says so, and their documents are
    /// late.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_runtime::FileKit;
    ///
    /// async fn approve(filekit: FileKit) {
    ///     // .. write to the database ..
    ///     filekit.notify("claims").await;
    /// }
    /// ```
    pub async fn notify(&self, topic: impl AsRef<str>) {
        let tag = Tagged::Topic(topic.as_ref()).tag();
        notified::remember(tag);
        self.0.shared.changes.note_and_tell(tag).await;
    }

    /// Ends a visitor's session: its states are gone, and its id and everything that was signed for it are worthless,
    /// even if shown again. Documents of it that are open go on as those of a visitor without a session.
    ///
    /// Called for a request, in a handler of the router or in an event, its visitor gets a new session with the answer:
    /// this is how to sign out. A change that an event makes to a state of the ended session is lost.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give, or the store of states fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use axum::response::Redirect;
    /// use filekit_runtime::session::SessionId;
    /// use filekit_runtime::{FileKit, Result};
    ///
    /// async fn sign_out(filekit: FileKit, session: SessionId) -> Result<Redirect> {
    ///     filekit.end_session(&session).await?;
    ///     Ok(Redirect::to("/"))
    /// }
    /// ```
    pub async fn end_session(&self, session: &SessionId) -> Result<()> {
        let new = SessionId::random()?;
        self.0.shared.states.end(*session).await?;
        self.replace(*session, new);
        Ok(())
    }

    /// Gives a visitor a new session in place of this one: its states move along, and the old id and everything that was signed for it are worth
    /// nothing. Returns the new one. Events that are under way on the old one are refused when they begin to run or are done, and save
    /// nothing. If the session has ended already, the new one has no states, and does not become its successor.
    ///
    /// A program that signs visitors in calls this, so that a session that another party knew or had set is not signed
    /// in. In a handler of the router it is the answer that brings the new session to the visitor; an event returns
    /// [`RenewSession`](crate::event::RenewSession) instead. Called elsewhere, it ends the session for its visitor.
    ///
    /// # Errors
    ///
    /// If the system has no randomness to give, or the store of states fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use axum::response::Redirect;
    /// use filekit_runtime::session::SessionId;
    /// use filekit_runtime::{FileKit, Result};
    ///
    /// async fn sign_in(filekit: FileKit, session: SessionId) -> Result<Redirect> {
    ///     // .. check the password ..
    ///     filekit.renew_session(&session).await?;
    ///     Ok(Redirect::to("/"))
    /// }
    /// ```
    pub async fn renew_session(&self, session: &SessionId) -> Result<SessionId> {
        let new = SessionId::random()?;
        self.0.shared.states.renew(*session, new).await?;
        move_uploads(self, *session, new).await;
        self.replace(*session, new);
        Ok(new)
    }

    /// Tells the request at hand, if it is one of `old`.
    fn replace(&self, old: SessionId, new: SessionId) {
        if let Some(visitor) = ambient::current().filter(|visitor| visitor.session() == old) {
            visitor.replacement().set(new);
        }
    }

    /// Ends the connections by which documents follow their visitors' states. [`serve`](Self::serve) does so when it is
    /// asked to stop; a server of your own that waits for its connections has to call this first.
    pub fn end_live(&self) {
        self.0.local.stopping.send_replace(true);
    }
}

/// Stands in the extensions of a request that a filekit serves. A program may lay a [`FileKit`] around its pages itself.
#[derive(Clone, Debug)]
pub(crate) struct Serving(pub(crate) FileKit);

impl<S: Sync> FromRequestParts<S> for FileKit {
    type Rejection = NotServed;

    /// The filekit that serves the page, for handlers and for `#[extract]` parameters of events.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NotServed> {
        parts.extensions.get::<Serving>().map(|Serving(kit)| kit.clone()).ok_or(NotServed)
    }
}
