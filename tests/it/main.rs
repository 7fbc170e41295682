//! filekit as its users see it: compile-fail cases, HTTP, real browsers. One binary, so that all of it is linked once.
//! What the tests share is in the library of this crate.

/// Runs tests of the modules beside once more with the files in S3, each as a test of its own.
macro_rules! again_on_s3 {
    ($($module:ident: [$($test:ident,)+],)+) => {
        $(mod $module {
            $(#[test]
            fn $test() {
                filekit_tests::on_s3(super::super::$module::$test);
            })+
        })+
    };
}

mod browser;
mod checks;
mod editor;
mod endpoint;
mod floors;
mod format;
mod http;
mod packages;
mod pictures;
mod quota;
mod reference;
mod snippets;
mod storage;
mod stores;
mod sync;
mod ui;
