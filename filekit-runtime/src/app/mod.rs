//! The program around pages: how a filekit is configured, and how it listens.

mod budgets;
mod builder;
mod choices;
mod guarding;
mod listen;
mod observing;

pub use budgets::Budgets;
pub use builder::FileKitBuilder;
pub use listen::serve;

use axum::Router;

use crate::error::Result;
use crate::kit::FileKit;
use crate::routes;

impl FileKit {
    /// Begins to choose.
    pub fn builder() -> FileKitBuilder {
        FileKitBuilder::default()
    }

    /// Takes everything from the environment and the defaults.
    ///
    /// # Errors
    ///
    /// As [`FileKitBuilder::build`].
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// Adds to `pages` what they need: the routes of events, uploads, downloads, stored files and the browser client.
    ///
    /// The result can be merged into an application, or nested under a path.
    pub fn router(&self, pages: Router) -> Router {
        self.sweep_regularly();
        routes::router(self, pages)
    }

    /// Serves `pages` on the address in `FILEKIT_ADDR` (default: `127.0.0.1:3000`) until Ctrl-C or SIGTERM. Logs as
    /// [`serve`](crate::serve()) does.
    ///
    /// # Errors
    ///
    /// If the address cannot be bound.
    pub async fn serve(self, pages: Router) -> Result<()> {
        listen::listen(&self, pages).await
    }
}
