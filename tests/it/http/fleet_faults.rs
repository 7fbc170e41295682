//! Several servers behind a proxy when something fails while visitors click: a server is killed, Redis is away, servers are started
//! anew one after the other. No event happens twice, what was answered with success is kept, and afterwards every server works.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use filekit_tests::{
    Fleet, Multipart, Proxy, RedisProgram, RedisServer, Reply, Server, Site, UploadDir, Visitor, until,
};
use serde_json::Value;
use tokio::task::JoinSet;

use super::rooms::{files_at, user_of};

const ROOM: &str = "/rooms/garden";

/// The visitors, each on a page of the same room: their events take turns.
const USERS: [&str; 6] = ["ann", "ben", "eve", "ann", "ben", "eve"];

/// So many calls are waited for after each thing that happens.
const SOME: usize = 20;

/// What a visitor sees of a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Done,
    /// With a status and a code.
    Refused(StatusCode, String),
    /// The browser is led to the page where one signs in.
    SignedOut,
    /// The proxy has no answer of a server, or not the whole.
    Unknown,
}

/// Whether an answer leads to the page where one signs in.
fn is_sign_in(action: &Value) -> bool {
    action["url"].as_str().is_some_and(|url| url.starts_with("/sign-in"))
}

impl Outcome {
    fn of(reply: Option<Reply>) -> Self {
        let Some(reply) = reply.filter(|reply| reply.header("content-type").starts_with("application/json")) else {
            return Self::Unknown;
        };
        match reply.status().is_success() {
            true if reply.actions().iter().any(is_sign_in) => Self::SignedOut,
            true => Self::Done,
            false => Self::Refused(reply.status(), reply.code()),
        }
    }

    fn unavailable() -> Self {
        Self::Refused(StatusCode::SERVICE_UNAVAILABLE, "state.unavailable".to_owned())
    }

    /// Redis has not said whether it has kept the state.
    fn is_unanswered(&self) -> bool {
        *self == Self::Refused(StatusCode::CONFLICT, "event.outcome-unknown".to_owned())
    }
}

/// A call that brought a file of this name.
#[derive(Clone, Debug)]
struct Call {
    file: String,
    /// What had happened when it was sent.
    moment: usize,
    outcome: Outcome,
}

/// Visitors who bring one file after the other.
struct Load {
    shared: Arc<Shared>,
    visitors: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    calls: Mutex<Vec<Call>>,
    moment: AtomicUsize,
    is_over: AtomicBool,
}

impl Load {
    async fn begin(site: Site) -> Self {
        let (shared, mut visitors) = (Arc::<Shared>::default(), JoinSet::new());
        for (nth, user) in USERS.into_iter().enumerate() {
            let visitor = user_of(site.clone(), ROOM, user).await;
            visitors.spawn(Arc::clone(&shared).bring(site.clone(), visitor, nth));
        }
        let load = Self { shared, visitors };
        load.until_some_are(&Outcome::Done).await;
        load
    }

    /// Says that something has happened: what is waited for from now on was sent afterwards.
    fn next_moment(&self) -> usize {
        self.shared.moment.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Waits until some calls of this moment have come to this.
    async fn until_some_are(&self, outcome: &Outcome) {
        let moment = self.shared.moment.load(Ordering::SeqCst);
        let is_meant = |call: &&Call| call.moment == moment && call.outcome == *outcome;
        let what = format!("{SOME} calls are {outcome:?}");
        until(&what, async || (self.shared.calls().iter().filter(is_meant).count() >= SOME).then_some(())).await;
    }

    /// Lets the visitors come to their end. Returns what they called.
    async fn end(mut self) -> Vec<Call> {
        self.shared.is_over.store(true, Ordering::SeqCst);
        while let Some(ended) = self.visitors.join_next().await {
            ended.expect("a visitor");
        }
        self.shared.calls()
    }
}

impl Shared {
    async fn bring(self: Arc<Self>, site: Site, mut visitor: Visitor, nth: usize) {
        for count in 0.. {
            if self.is_over.load(Ordering::SeqCst) {
                return;
            }
            let (file, moment) = (format!("{nth}-{count}.txt"), self.moment.load(Ordering::SeqCst));
            let body = Multipart::new(&visitor.upload_call("files")).file("files", &file, b"content").finish();
            let outcome = Outcome::of(visitor.try_send(visitor.upload_request(body)).await);
            if outcome == Outcome::SignedOut {
                visitor = user_of(site.clone(), ROOM, USERS[nth]).await;
            }
            self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Call { file, moment, outcome });
        }
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How many calls had which outcome.
fn counted(calls: &[Call]) -> BTreeMap<Outcome, usize> {
    let mut counts = BTreeMap::new();
    for call in calls {
        *counts.entry(call.outcome.clone()).or_default() += 1;
    }
    counts
}

/// The outcomes that calls had.
fn outcomes(calls: &[Call]) -> Vec<Outcome> {
    counted(calls).into_keys().collect()
}

/// The same without what some calls have met: those that were at their end when Redis went away.
fn outcomes_but_unanswered(calls: &[Call]) -> Vec<Outcome> {
    outcomes(calls).into_iter().filter(|outcome| !outcome.is_unanswered()).collect()
}

/// Servers of `examples/rooms` behind a proxy.
struct Scene {
    redis: RedisServer,
    server: Server,
    files: UploadDir,
    _fleet: Fleet,
}

impl Scene {
    async fn open(proxy: Proxy, servers: usize, redis: RedisServer) -> Self {
        let fleet = Fleet::new(proxy, servers, redis.url());
        let files = UploadDir::new();
        let server = Server::start_behind(&fleet, Server::rooms(), &files).await;
        Self { redis, server, files, _fleet: fleet }
    }

    /// Each server shows the same: every file at most once, and those of calls that were answered with success. Calls from before
    /// `since` may be forgotten. And each takes another one.
    async fn assert_whole(&self, calls: &[Call], since: usize) {
        let kept = self.kept_at(self.server.site()).await;
        let known: BTreeSet<&String> = calls.iter().map(|call| &call.file).collect();
        let distinct: BTreeSet<&String> = kept.iter().collect();
        assert_eq!(distinct.len(), kept.len(), "something happened twice: {kept:?}");
        assert!(distinct.is_subset(&known), "nobody has brought some of {kept:?}");
        let done = calls.iter().filter(|call| call.outcome == Outcome::Done && call.moment >= since);
        let lost: Vec<&Call> = done.filter(|call| !distinct.contains(&call.file)).collect();
        assert!(lost.is_empty(), "answered with success, and not there: {lost:?}");
        let stored = self.files.stored_names();
        assert!(kept.iter().all(|file| stored.contains(file)), "some files are gone: {kept:?}");
        for (nth, site) in self.server.each_site().into_iter().enumerate() {
            assert_eq!(self.kept_at(site.clone()).await.len(), kept.len() + nth);
            let mut visitor = user_of(site, ROOM, "ann").await;
            let reply = visitor.upload("files", [(format!("afterwards-{nth}.txt"), "content")]).await;
            assert_eq!(Outcome::of(Some(reply)), Outcome::Done);
        }
    }

    async fn kept_at(&self, site: Site) -> Vec<String> {
        let mut visitor = user_of(site, ROOM, "ann").await;
        let files = files_at(&mut visitor, ROOM).await;
        files.iter().map(|file| file.split(", ").next().unwrap_or_default().to_owned()).collect()
    }
}

/// What was on its way to it is lost with it; its lease runs out.
#[tokio::test]
async fn a_server_that_is_killed_takes_its_own_calls_along_and_no_others() {
    for proxy in [Proxy::Nginx, Proxy::Haproxy] {
        let mut scene = Scene::open(proxy, 2, RedisServer::start(RedisProgram::Redis).await).await;
        let load = Load::begin(scene.server.site()).await;
        scene.server.kill_one(0).await;
        load.next_moment();
        load.until_some_are(&Outcome::Done).await;
        scene.server.start_one(0).await;
        load.next_moment();
        load.until_some_are(&Outcome::Done).await;
        let calls = load.end().await;
        scene.assert_whole(&calls, 0).await;
        let counts = counted(&calls);
        assert!(counts.keys().all(|outcome| matches!(outcome, Outcome::Done | Outcome::Unknown)), "{counts:?}");
        assert!(counts.get(&Outcome::Unknown).is_none_or(|count| *count <= USERS.len()), "{counts:?}");
    }
}

#[tokio::test]
async fn while_redis_is_paused_calls_are_refused_and_then_go_on() {
    let scene = Scene::open(Proxy::Nginx, 2, RedisServer::start(RedisProgram::Redis).await).await;
    let load = Load::begin(scene.server.site()).await;
    scene.redis.pause();
    load.next_moment();
    load.until_some_are(&Outcome::unavailable()).await;
    scene.redis.resume();
    load.next_moment();
    load.until_some_are(&Outcome::Done).await;
    let calls = load.end().await;
    scene.assert_whole(&calls, 0).await;
    assert_eq!(outcomes_but_unanswered(&calls), [Outcome::Done, Outcome::unavailable()]);
}

#[tokio::test]
async fn a_redis_that_keeps_its_data_may_be_away_for_a_while() {
    let settings = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
    let redis = RedisServer::start_with(RedisProgram::Redis, &settings).await;
    let mut scene = Scene::open(Proxy::Haproxy, 3, redis).await;
    let load = Load::begin(scene.server.site()).await;
    scene.redis.kill();
    load.next_moment();
    load.until_some_are(&Outcome::unavailable()).await;
    scene.redis.start_again().await;
    load.next_moment();
    load.until_some_are(&Outcome::Done).await;
    let calls = load.end().await;
    scene.assert_whole(&calls, 0).await;
    assert_eq!(outcomes_but_unanswered(&calls), [Outcome::Done, Outcome::unavailable()]);
}

/// Who was signed in signs in again; nothing of before comes back.
#[tokio::test]
async fn a_redis_that_comes_back_empty_begins_anew() {
    let mut scene = Scene::open(Proxy::Nginx, 2, RedisServer::start(RedisProgram::Valkey).await).await;
    let load = Load::begin(scene.server.site()).await;
    scene.redis.kill();
    load.next_moment();
    load.until_some_are(&Outcome::unavailable()).await;
    scene.redis.start_again().await;
    let anew = load.next_moment();
    load.until_some_are(&Outcome::Done).await;
    let calls = load.end().await;
    scene.assert_whole(&calls, anew).await;
    let after: Vec<Call> = calls.into_iter().filter(|call| call.moment == anew).collect();
    assert!(!outcomes(&after).contains(&Outcome::Unknown), "{:?}", counted(&after));
}

/// As a new version of the program is rolled out.
#[tokio::test]
async fn servers_that_are_started_anew_one_after_the_other_lose_nothing() {
    for proxy in [Proxy::Nginx, Proxy::Haproxy] {
        let mut scene = Scene::open(proxy, 2, RedisServer::start(RedisProgram::Redis).await).await;
        let load = Load::begin(scene.server.site()).await;
        for number in 0..2 {
            let status = scene.server.stop_one(number).await;
            assert!(status.success(), "{status}");
            load.next_moment();
            load.until_some_are(&Outcome::Done).await;
            scene.server.start_one(number).await;
            load.next_moment();
            load.until_some_are(&Outcome::Done).await;
        }
        let calls = load.end().await;
        scene.assert_whole(&calls, 0).await;
        assert_eq!(outcomes(&calls), [Outcome::Done]);
    }
}
