//! What the tests of filekit share: apps under test, visitors with cookies, pages read back, a real browser.
//! The tests themselves stand in `it/`, the compile-fail cases in `ui/`.

#![allow(clippy::must_use_candidate, reason = "a test that ignores an answer is caught by having no assertion")]

mod app;
mod azure;
mod browser;
mod built;
mod cable;
mod clamav;
mod compiler;
mod editor;
mod faulty_store;
mod fleet;
mod folder;
mod form;
mod front;
mod layers;
mod live;
mod log;
mod multipart;
mod on_s3;
mod partial;
mod process;
mod redis;
mod relay;
mod reply;
mod s3;
mod samples;
mod server;
mod shared;
mod site;
mod visitor;
mod wait;

pub use app::TestApp;
pub use azure::Container;
pub use browser::{Browser, in_firefox, in_webkit};
pub use cable::Cable;
pub use clamav::ClamAvDaemon;
pub use compiler::{Compiled, Compiler};
pub use editor::{Editor, Place};
pub use faulty_store::{Asked, Fault, FaultyStore};
pub use filekit_test::{Element, Html};
pub use fleet::{Fleet, Proxy, behind_proxy, sent_by_proxy};
pub use folder::UploadDir;
pub use form::Entries;
pub use front::{with_body_limit, with_policy};
pub use layers::{InFront, LAYERS, behind_layers, decompressed};
pub use live::{follow, instance, live_request, next_event};
pub use log::Log;
pub use multipart::{BOUNDARY, Multipart};
pub use on_s3::on_s3;
pub use redis::{RedisProgram, RedisServer};
pub use relay::{Cut, Exchange, Held, Lost, Relay, paths};
pub use reply::Reply;
pub use s3::Bucket;
pub use samples::{PDF, PNG, Samples, patterned};
pub use server::Server;
pub use site::{Connection, Site};
pub use visitor::Visitor;
pub use wait::{in_time, until};
