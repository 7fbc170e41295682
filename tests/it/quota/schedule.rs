//! Whatever happens to uploads, in any order: what is counted is what is there, and no bound is passed.

use std::fs;

use axum::body::Body;
use axum::http::StatusCode;
use filekit::prelude::*;
use filekit_tests::{Site, UploadDir, Visitor, patterned};
use futures_util::{StreamExt as _, stream};

use super::{filekit_on, pages};

const LIMIT: u64 = 400_000;

/// xorshift64*, by Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit
    }

    fn content(&mut self) -> Vec<u8> {
        let size = self.below(150_000);
        patterned(usize::try_from(size).expect("a small number"))
    }
}

/// A program that is restarted now and then, and its visitor.
struct Program {
    files: UploadDir,
    kit: FileKit,
    visitor: Visitor,
    /// Uploads that may go on: where, what, and how much of it was sent.
    open: Vec<(String, Vec<u8>, usize)>,
}

impl Program {
    async fn new() -> Self {
        let files = UploadDir::new();
        let kit = filekit_on(&files, quota());
        let visitor = Visitor::at(Site::Router(kit.router(pages())), "/").await;
        Self { files, kit, visitor, open: Vec::new() }
    }

    fn restart(&mut self) {
        self.kit = filekit_on(&self.files, quota());
        self.visitor = self.visitor.clone().moved_to(Site::Router(self.kit.router(pages())));
    }

    /// Bytes of stored files, as they lie on the disk.
    fn stored(&self) -> u64 {
        self.files.stored_keys().iter().map(|key| self.files.content(key).len() as u64).sum()
    }

    /// Bytes that unfinished uploads may have, as their folders say.
    fn reserved(&self) -> u64 {
        let folders =
            |path: std::path::PathBuf| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        let uploads = folders(self.files.path().join(".filekit/partial")).flat_map(folders);
        let unfinished = uploads.filter(|upload| !upload.join("done").exists());
        let bytes =
            unfinished.filter_map(|upload| fs::read_to_string(upload.join("lock")).ok()?.trim().parse::<u64>().ok());
        bytes.sum()
    }

    async fn step(&mut self, random: &mut Random) -> String {
        match random.below(12) {
            0..=2 => {
                let content = random.content();
                let request = self.visitor.plan_request(&self.visitor.plan("kept", &[("a.bin", &content)]));
                let (room, idle) = (LIMIT - self.stored() - self.reserved(), self.reserved());
                let reply = self.visitor.send(request).await;
                let size = content.len() as u64;
                assert_eq!(
                    reply.status() == StatusCode::CREATED,
                    size <= room + idle,
                    "{size} of {room}: {}",
                    reply.text()
                );
                if reply.status() == StatusCode::CREATED {
                    self.open.push((reply.header("location").to_owned(), content, 0));
                }
                format!("plan {size}: {}", reply.status())
            }
            3..=5 if !self.open.is_empty() => self.go_on(random).await,
            6 if !self.open.is_empty() => {
                let nth = usize::try_from(random.below(self.open.len() as u64)).expect("an index");
                let (upload, ..) = self.open.swap_remove(nth);
                format!("discard: {}", self.visitor.discard(&upload).await.status())
            }
            7 | 8 => {
                let (content, room) = (random.content(), LIMIT - self.stored() - self.reserved());
                let size = content.len() as u64;
                let id = ["kept", "streamed"][usize::try_from(random.below(2)).expect("an index")];
                let reply = self.visitor.upload(id, [("a.bin", &content)]).await;
                assert_eq!(reply.status() == StatusCode::OK, size <= room, "{id} {size} of {room}: {}", reply.text());
                format!("{id} {size}: {}", reply.status())
            }
            9 => {
                let reply = self.visitor.upload("failing", [("a.bin", random.content())]).await;
                assert_ne!(reply.status(), StatusCode::OK);
                format!("failing: {}", reply.code())
            }
            10 => {
                self.visitor.open("/").await;
                let buttons =
                    self.visitor.page().named("button").iter().map(|button| button.text()).collect::<Vec<_>>();
                let Some(button) = buttons.into_iter().find(|text| text.starts_with("Remove")) else {
                    return "nothing to remove".to_owned();
                };
                format!("{button}: {}", self.visitor.click(&button).await.status())
            }
            _ => {
                self.restart();
                "restart".to_owned()
            }
        }
    }

    /// Sends some more of an upload, which may break off, or come to its end.
    async fn go_on(&mut self, random: &mut Random) -> String {
        let nth = usize::try_from(random.below(self.open.len() as u64)).expect("an index");
        let (upload, content, sent) = self.open[nth].clone();
        let more = usize::try_from(random.below((content.len() - sent) as u64 + 1)).expect("a small number");
        let is_last = random.below(2) == 0;
        let end = if is_last { content.len() } else { sent + more };
        let breaks = random.below(3) == 0 && end < content.len();
        let piece = content[sent..end].to_vec();
        let body = match breaks {
            true => Body::from_stream(
                stream::iter([Ok(piece)])
                    .chain(stream::iter([Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))])),
            ),
            false => Body::from(piece),
        };
        let request = self.visitor.part(&upload, sent, end == content.len(), body);
        let reply = self.visitor.send(request).await;
        match reply.status() {
            StatusCode::OK | StatusCode::NOT_FOUND => _ = self.open.swap_remove(nth),
            StatusCode::NO_CONTENT | StatusCode::BAD_REQUEST => self.open[nth].2 = end,
            status => panic!("{status}: {}", reply.text()),
        }
        format!("part {sent}..{end} of {}: {}", content.len(), reply.status())
    }
}

fn quota() -> Quota {
    Quota::new().per_owner(LIMIT)
}

#[tokio::test]
async fn what_is_counted_is_what_is_there() {
    let seed = std::env::var("FILEKIT_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in seed.map_or(1..=12, |seed: u64| seed..=seed) {
        let (mut program, mut random) = (Program::new().await, Random(seed * 0x9e37_79b9));
        let mut steps = Vec::new();
        for _ in 0..60 {
            steps.push(program.step(&mut random).await);
            let (counted, stored, reserved) = (program.kit.quota_use(), program.stored(), program.reserved());
            let told = || format!("seed {seed}: {steps:#?}");
            assert_eq!((counted.stored, counted.reserved), (stored, reserved), "{}", told());
            assert!(stored + reserved <= LIMIT, "{}", told());
        }
    }
}
