//! Visits of pages: each method of a page on a small program, and the words of each failure.

mod album;
mod difference;
mod failures;
mod faults;
mod forms;
mod live;
mod page;
mod plain;
mod time;
mod uploads;
