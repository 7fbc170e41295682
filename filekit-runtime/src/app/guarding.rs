//! The options of a filekit that keep visitors from filling the disk.

use std::time::Duration;

use crate::FileKitBuilder;
use crate::quota::Quota;

impl FileKitBuilder {
    /// Bounds how much is kept and on its way: for one owner, for one address, in all, and as much as leaves some of the disk free; and how many
    /// uploads are begun. Default: `FILEKIT_QUOTA`, such as `per_owner=1 GB,total=200 GB,keep_free=5 GB,uploads_per_minute=60,parallel=4`, or no
    /// bounds but those of [`max_body`](Self::max_body) and of unfinished uploads.
    ///
    /// What is stored and reserved is noted in the upload directory, and known to all servers on it. All servers of a program need the same quota.
    ///
    /// # Examples
    ///
    /// ```
    /// use filekit_runtime::FileKit;
    /// use filekit_runtime::quota::Quota;
    /// use filekit_runtime::size::GB;
    ///
    /// let builder = FileKit::builder().quota(Quota::new().per_owner(1 * GB).total(200 * GB).keep_free(5 * GB));
    /// ```
    pub fn quota(mut self, quota: Quota) -> Self {
        self.quota = Some(quota);
        self
    }

    /// Keeps stored files for so long, counted from when they were stored: after that their links answer with 404, they are in no list, and
    /// they are removed when a tenth of that time has passed, or ten minutes. Default: without end.
    ///
    /// It holds for all stored files, also for those with keys that the program chose and for those that were there before.
    /// [`save().expires_in(..)`](crate::upload::Save::expires_in) lets single files end earlier. What a state or a
    /// database says of a file that has ended is for the program to forget.
    ///
    /// # Examples
    ///
    /// ```
    /// # use filekit_runtime::FileKit;
    /// use std::time::Duration;
    ///
    /// let builder = FileKit::builder().retention(Duration::from_secs(30 * 24 * 60 * 60));
    /// ```
    pub fn retention(mut self, time: Duration) -> Self {
        self.retention = Some(time);
        self
    }
}
