//! Whole tests with the files of their apps and examples in S3: they run there again, and say nothing of it.

use std::{cell::RefCell, thread};

use crate::Bucket;

/// The mode of a test that runs on this thread.
#[derive(Debug)]
struct OnS3 {
    server: Bucket,
    /// How many apps or programs have kept their files there.
    uses: usize,
}

thread_local! {
    static CURRENT: RefCell<Option<OnS3>> = const { RefCell::new(None) };
}

/// Runs a whole test again on S3: each [`UploadDir`](crate::UploadDir) that it makes, on this thread, has a part of the bucket, where
/// apps and examples keep their files. What is on its way in is in the folder, as ever.
///
/// So the tests don't have to say where they run; each of them runs on one thread.
///
/// # Panics
/// When the test does, when S3 cannot be started, or when nothing of the test keeps its files there.
pub fn on_s3(test: impl FnOnce()) {
    /// Also after a test that fails: with `--test-threads=1` the next one has the same thread.
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.take();
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server = runtime.block_on(Bucket::new());
    let _reset = Reset;
    CURRENT.set(Some(OnS3 { server, uses: 0 }));
    test();
    let uses = CURRENT.with_borrow(|current| current.as_ref().map_or(0, |current| current.uses));
    assert_ne!(uses, 0, "a test that keeps no files in S3 shows nothing there");
}

/// A part of the bucket, where the test keeps its files.
pub(crate) fn bucket_of_test() -> Option<Bucket> {
    CURRENT.with_borrow(|current| current.as_ref().map(|current| current.server.another()))
}

/// Notes that something keeps its files there.
pub(crate) fn note_use() {
    CURRENT.with_borrow_mut(|current| current.iter_mut().for_each(|current| current.uses += 1));
}

/// Waits for what is asked of the store, where a test asks as of a disk. Its own thread cannot: it may be at work for a runtime.
pub(crate) fn waited_for<T: Send>(work: impl Future<Output = T> + Send) -> T {
    thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        scope.spawn(move || runtime.block_on(work)).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
