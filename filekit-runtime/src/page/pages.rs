//! The routers that a page, or a file, is asked for.

use axum::Router;

use crate::kit::FileKit;

/// The routers that the routes of events need: they call the page again.
#[derive(Clone, Debug)]
pub(crate) struct Pages {
    pub(crate) kit: FileKit,
    pub(crate) pages: Router,
    /// Stored files and the developer's own. A download of a URL of this site is made of this, and of no page: what guards a
    /// page from outside of filekit is not asked then.
    pub(crate) files: Router,
}
