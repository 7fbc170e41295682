//! What states and notices in Redis do beyond what all do, and what they say when something is wrong with it. Held by Redis and
//! by Valkey.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use filekit::state_store::{Commit, Notice, Notices, RedisNotices, RedisStates, StateStore, StoreError, Swap, Tag};
use filekit_tests::{RedisProgram, RedisServer, in_time, until};
use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::contract::{self, HOUR, content, pass, put};
use super::contract_events::{leased, left};
use super::contract_leases::{self, try_lease};

const MINUTE: Duration = Duration::from_secs(60);

async fn connect(server: &RedisServer) -> RedisStates {
    RedisStates::connect(&server.url()).await.expect("a connection")
}

pub(super) async fn stores(program: RedisProgram) -> (RedisStates, RedisStates, RedisServer) {
    let server = RedisServer::start(program).await;
    (connect(&server).await, connect(&server).await, server)
}

pub(super) async fn notices(program: RedisProgram) -> (RedisNotices, RedisNotices, RedisServer) {
    let server = RedisServer::start(program).await;
    let connect = async || RedisNotices::connect(&server.url()).await.expect("a connection");
    (connect().await, connect().await, server)
}

pub(super) async fn a_store_on_a_connection_of_the_programs_is_one(program: RedisProgram) {
    let server = RedisServer::start(program).await;
    let manager = async || {
        let client = redis::Client::open(server.url()).expect("a URL");
        RedisStates::from_manager(client.get_connection_manager().await.expect("a connection"))
    };
    let (one, other) = (manager().await, manager().await);
    contract::a_swap_takes_only_the_version_that_it_expects(&one, &other).await;
    contract_leases::who_waits_gets_it_soon_after_it_is_given_back(one, other).await;
}

/// How often a command was carried out since it was last asked to forget that.
async fn calls(server: &RedisServer, command: &str) -> usize {
    let told = server.ask(&["INFO", "commandstats"]).await;
    let line = told.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
    line.map_or(0, |line| line.split(',').next().expect("a number").parse().expect("a number"))
}

pub(super) async fn loads_and_swaps_take_one_round_trip(program: RedisProgram) {
    let server = RedisServer::start(program).await;
    let store = connect(&server).await;
    let mut version = put(&store, "key", None, b"0", HOUR).await;
    server.ask(&["CONFIG", "RESETSTAT"]).await;
    for step in 0_u8..10 {
        content(&store, "key").await.expect("content");
        version = put(&store, "key", Some(version), &[step], HOUR).await;
    }
    let counted = [calls(&server, "evalsha").await, calls(&server, "eval").await, calls(&server, "script|load").await];
    assert_eq!(counted, [10, 0, 0]);
    assert_eq!(calls(&server, "get").await, 10);
    let lease = async || {
        let lease = in_time("the lease", store.lease_and_load("key", MINUTE, MINUTE)).await.expect("an answer");
        lease.expect("a lease")
    };
    drop(lease().await);
    let (held, stored) = lease().await;
    assert_eq!(stored.map(|stored| stored.version), Some(version));
    server.ask(&["CONFIG", "RESETSTAT"]).await;
    // One is given back, and another one had together with what is stored.
    drop(held);
    drop(lease().await);
    let counted = calls(&server, "evalsha").await;
    assert!((2..=3).contains(&counted), "the last one is given back sooner or later: {counted}");
}

pub(super) async fn an_event_takes_two_round_trips(program: RedisProgram) {
    let server = RedisServer::start(program).await;
    let (store, notices) = (connect(&server).await, RedisNotices::connect(&server.url()).await.expect("a connection"));
    let mut version = None;
    for nth in 0_u8..3 {
        server.ask(&["CONFIG", "RESETSTAT"]).await;
        let once = nth.to_string();
        let (lease, _) = leased(&store, "key", &once).await;
        let notice = notices.envelope(&[Tag::of("key")]);
        let commit = Commit { notice, ..left("key", &once, lease, version, &[nth]) };
        let committed = store.commit(commit).await.expect("a commit");
        let Swap::Done(new) = committed.swap else { panic!("a conflict") };
        version = Some(new);
        assert!(committed.is_recorded && committed.is_told, "{committed:?}");
        assert_eq!(server.ask(&["EXISTS", "filekit:lease:key"]).await, ":0\r\n", "the lease is given back");
        let counted = [calls(&server, "evalsha").await, calls(&server, "publish").await];
        // At first the scripts are not known.
        assert!(nth == 0 || counted == [2, 1], "{counted:?}");
    }
}

pub(super) async fn a_commit_sends_its_notice_if_it_may(program: RedisProgram) {
    let (store, _other, server) = stores(program).await;
    let (notices, neighbour, elsewhere) = self::notices(program).await;
    let here = RedisNotices::connect(&server.url()).await.expect("a connection");
    let listener = RedisNotices::connect(&server.url()).await.expect("a connection");
    let (heard, own) = (listener.subscribe(), here.subscribe());
    let (mut heard, mut own) = (pin!(heard), pin!(own));
    let commit = async |once: &'static str, notices: &RedisNotices, expected| {
        let (lease, _) = leased(&store, "key", once).await;
        let commit = Commit { notice: notices.envelope(&[Tag::of(once)]), ..left("key", once, lease, expected, b"") };
        store.commit(commit).await.expect("a commit")
    };
    let committed = commit("of another Redis", &notices, None).await;
    let Swap::Done(version) = committed.swap else { panic!("a conflict") };
    assert!(committed.is_recorded && !committed.is_told, "{committed:?}");
    let committed = commit("of this one", &here, Some(version)).await;
    assert!(committed.is_told, "{committed:?}");
    assert_eq!(next(&mut heard).await, Notice::Changed(Tag::of("of this one")));
    // What a server publishes does not come back, in this way neither.
    listener.publish(&[Tag::of("last")]).await.expect("a notice");
    assert_eq!(next(&mut own).await, Notice::Changed(Tag::of("last")));
    drop((neighbour, elsewhere));
}

pub(super) async fn programs_under_different_prefixes_do_not_meet(program: RedisProgram) {
    let (one, other, server) = stores(program).await;
    let (one, other) = (one.prefix("one:"), other.prefix("other:"));
    put(&one, "key", None, b"one", HOUR).await;
    assert_eq!(content(&other, "key").await, None);
    let lease = try_lease(&one, "key").await;
    assert!(lease.is_some() && try_lease(&other, "key").await.is_some());
    assert!(one.insert_once("key", HOUR).await.expect("an answer"));
    assert!(other.insert_once("key", HOUR).await.expect("an answer"));
    let notices = async |prefix| RedisNotices::connect_with_prefix(&server.url(), prefix).await.expect("a connection");
    let [speaker, neighbour] = [notices("one:").await, notices("one:").await];
    let heard = neighbour.subscribe();
    let mut heard = pin!(heard);
    notices("other:").await.publish(&[Tag::of("other")]).await.expect("a notice");
    speaker.publish(&[Tag::of("one")]).await.expect("a notice");
    assert_eq!(next(&mut heard).await, Notice::Changed(Tag::of("one")));
}

pub(super) async fn the_lease_of_a_holder_that_is_no_more_runs_out(program: RedisProgram) {
    let server = Arc::new(RedisServer::start(program).await);
    let holder = {
        let server = Arc::clone(&server);
        async move || connect(&server).await
    };
    contract_leases::the_lease_of_a_holder_that_is_no_more_runs_out(holder, &connect(&server).await).await;
}

pub(super) async fn a_lease_that_was_lost_takes_no_other_one_along(program: RedisProgram) {
    let (one, other, server) = stores(program).await;
    let lost = try_lease(&one, "key").await.expect("a free lease");
    server.ask(&["FLUSHALL"]).await;
    let lease = try_lease(&other, "key").await.expect("a lease that Redis has forgotten");
    drop(lost);
    // Asked on the same connection as the one that is given back, so after it.
    pass(&one, Duration::from_millis(100)).await;
    assert!(try_lease(&one, "key").await.is_none());
    drop(lease);
    until("it is given back", async || try_lease(&one, "key").await.map(drop)).await;
}

/// In one server there is always a task that waits for the lease.
pub(super) async fn a_server_that_has_much_to_do_under_a_lease_leaves_others_a_turn(program: RedisProgram) {
    let (busy, other, _server) = stores(program).await;
    let had = Arc::new(AtomicUsize::new(0));
    let crowd = (0..4).map(|_| {
        let (busy, had) = (busy.clone(), Arc::clone(&had));
        tokio::spawn(async move {
            loop {
                let lease = busy.lease("key", MINUTE, MINUTE).await.expect("an answer").expect("a lease");
                had.fetch_add(1, Ordering::SeqCst);
                content(&busy, "key").await;
                drop(lease);
            }
        })
    });
    let crowd: Vec<_> = crowd.collect();
    let mut before_others = Vec::new();
    for _ in 0..20 {
        until("the crowd is busy", async || (had.swap(0, Ordering::SeqCst) > 0).then_some(())).await;
        let lease = in_time("a turn", other.lease("key", MINUTE, MINUTE)).await.expect("an answer");
        before_others.push(had.load(Ordering::SeqCst));
        drop(lease.expect("a lease"));
    }
    for task in crowd {
        task.abort();
    }
    before_others.sort_unstable();
    assert!(before_others[10] <= 5, "{before_others:?}");
}

/// What a store says that does not get through, and how long it took to say so.
async fn complaint<T>(work: impl Future<Output = Result<T, StoreError>>) -> StoreError {
    let begun = Instant::now();
    let Err(error) = in_time("an error", work).await else { panic!("it got through") };
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}: {error}", begun.elapsed());
    error
}

/// Everything that can be asked of a store, asked at the same time.
async fn complaints(store: &RedisStates) -> Vec<StoreError> {
    let content = Bytes::from_static(b"content");
    let (load, swap, remove, touch, lease, once) = tokio::join!(
        complaint(store.load("key")),
        complaint(store.swap("key", None, content, HOUR)),
        complaint(store.remove("key")),
        complaint(store.touch("key", HOUR)),
        complaint(store.lease("other key", MINUTE, MINUTE)),
        complaint(store.insert_once("key", HOUR)),
    );
    vec![load, swap, remove, touch, lease, once]
}

pub(super) async fn a_paused_redis_is_an_error_in_time_and_heals(program: RedisProgram) {
    let (store, other, server) = stores(program).await;
    let version = put(&store, "kept", None, b"kept", HOUR).await;
    server.pause();
    let begun = Instant::now();
    for error in complaints(&store).await {
        assert!(error.is_unavailable());
        let words = format!("Redis at {} has not answered within 2s: is it running", server.address());
        assert!(error.to_string().starts_with(&words), "{error}");
    }
    let error = complaint(RedisStates::connect(&server.url())).await;
    assert!(error.to_string().contains("has not answered"), "{error}");
    assert!(begun.elapsed() > Duration::from_secs(3), "paused for more than three seconds");
    server.resume();
    let stored = in_time("that it heals", store.load("kept")).await.expect("an answer").expect("content");
    assert_eq!(stored.version, version);
    put(&other, "kept", Some(version), b"changed", HOUR).await;
    until("leases are given", async || try_lease(&store, "other key").await.map(drop)).await;
}

pub(super) async fn a_redis_that_refuses_connections_is_an_error_and_heals_empty(program: RedisProgram) {
    let (store, other, mut server) = stores(program).await;
    let version = put(&store, "key", None, b"lost", HOUR).await;
    assert!(store.insert_once("key", HOUR).await.expect("an answer"));
    let lease = try_lease(&store, "key").await.expect("a free lease");
    server.kill();
    for error in complaints(&store).await {
        assert!(error.is_unavailable());
        let words = format!("Redis at {} refuses connections: is it running", server.address());
        assert!(error.to_string().starts_with(&words), "{error}");
    }
    let error = complaint(RedisStates::connect(&server.url())).await;
    assert!(error.to_string().contains("refuses connections"), "{error}");
    server.start_again().await;
    assert_eq!(content(&store, "key").await, None);
    let swap = store.swap("key", Some(version), Bytes::from_static(b"late"), HOUR).await;
    assert_eq!(swap.expect("a swap"), Swap::Conflict, "nothing that was lost is overwritten");
    put(&other, "key", None, b"anew", HOUR).await;
    assert!(store.insert_once("key", HOUR).await.expect("an answer"));
    assert!(try_lease(&other, "key").await.is_some());
    drop(lease);
}

pub(super) async fn a_redis_that_is_restarted_meanwhile_is_not_noticed(program: RedisProgram) {
    let always = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
    let mut server = RedisServer::start_with(program, &always).await;
    let store = connect(&server).await;
    let mut version = put(&store, "key", None, b"0", HOUR).await;
    for step in 1_u8..4 {
        server.kill();
        let asked = tokio::spawn({
            let store = store.clone();
            async move { store.swap("key", Some(version), Bytes::copy_from_slice(&[step]), HOUR).await }
        });
        server.start_again().await;
        let swap = in_time("the swap", asked).await.expect("a task that does not panic").expect("a swap");
        let Swap::Done(new) = swap else { panic!("a conflict") };
        version = new;
        assert_eq!(content(&store, "key").await.as_deref(), Some(&[step][..]));
    }
}

/// A line to a server, that can lose an answer and the connection with it.
struct Line {
    url: String,
    loses: Arc<AtomicBool>,
}

impl Line {
    async fn to(server: &RedisServer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("redis://{}", listener.local_addr().expect("an address"));
        let (loses, address) = (Arc::new(AtomicBool::new(false)), server.address());
        tokio::spawn({
            let loses = Arc::clone(&loses);
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let server = TcpStream::connect(&address).await.expect("a server");
                    tokio::spawn(carry(client, server, Arc::clone(&loses)));
                }
            }
        });
        Self { url, loses }
    }

    /// Loses the next answer.
    fn lose(&self) {
        self.loses.store(true, Ordering::SeqCst);
    }

    /// Whether it has been lost.
    fn has_lost(&self) -> bool {
        !self.loses.load(Ordering::SeqCst)
    }
}

async fn carry(client: TcpStream, server: TcpStream, loses: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let there = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut answer = vec![0; 64 << 10];
    while let Ok(length @ 1..) = from_server.read(&mut answer).await {
        let is_lost = loses.swap(false, Ordering::SeqCst);
        if is_lost || to_client.write_all(&answer[..length]).await.is_err() {
            break;
        }
    }
    there.abort();
}

/// What was done and not heard of is asked again, and is not done again.
pub(super) async fn an_answer_that_is_lost_changes_nothing(program: RedisProgram) {
    let server = RedisServer::start(program).await;
    let line = Line::to(&server).await;
    let store = RedisStates::connect(&line.url).await.expect("a connection");
    let mut version = None;
    for step in 0_u8..5 {
        line.lose();
        version = Some(put(&store, "key", version, &[step], HOUR).await);
        assert!(line.has_lost());
        line.lose();
        let stored = store.load("key").await.expect("an answer").expect("content");
        assert_eq!((Some(stored.version), &stored.content[..]), (version, &[step][..]));
        assert!(line.has_lost());
        line.lose();
        assert!(store.insert_once(&step.to_string(), HOUR).await.expect("an answer"));
        assert!(line.has_lost());
        line.lose();
        let lease = try_lease(&store, "key").await;
        assert!(line.has_lost());
        drop(lease.expect("a free lease"));
        until("it is given back", async || try_lease(&store, "key").await.map(drop)).await;
    }
}

/// The lease is free with the commit, so another server may have changed the state before the commit is asked again: it has happened all
/// the same.
pub(super) async fn a_commit_whose_answer_is_lost_has_happened_whatever_came_after_it(program: RedisProgram) {
    let server = RedisServer::start(program).await;
    let line = Line::to(&server).await;
    let store = RedisStates::connect(&line.url).await.expect("a connection");
    let other = Arc::new(connect(&server).await);
    let mut version = None;
    for step in 0_u8..5 {
        let once = step.to_string();
        let (lease, _) = leased(&store, "key", &once).await;
        let after = tokio::spawn({
            let other = Arc::clone(&other);
            async move {
                let leased = other.lease_and_load("key", MINUTE, MINUTE).await.expect("an answer");
                let (_lease, stored) = leased.expect("a lease");
                let stored = stored.expect("what was committed");
                (stored.content, put(&*other, "key", Some(stored.version), b"after it", HOUR).await)
            }
        });
        until("the other one waits", async || {
            (server.ask(&["STRLEN", "filekit:lease:key"]).await == ":17\r\n").then_some(())
        })
        .await;
        line.lose();
        let committed = store.commit(left("key", &once, lease, version, &[step])).await.expect("an answer");
        assert!(line.has_lost());
        assert!(matches!(committed.swap, Swap::Done(_)) && committed.is_recorded, "{committed:?}");
        let (seen, last) = in_time("the other one", after).await.expect("a task that does not panic");
        assert_eq!(seen, [step][..]);
        let stored = store.load("key").await.expect("an answer").expect("content");
        assert_eq!((stored.version, &stored.content[..]), (last, &b"after it"[..]));
        version = Some(last);
    }
}

async fn next(heard: &mut Pin<&mut impl Stream<Item = Notice>>) -> Notice {
    in_time("a notice", heard.next()).await.expect("a stream that goes on")
}

pub(super) async fn a_lost_connection_of_notices_is_told(program: RedisProgram) {
    let (one, other, mut server) = notices(program).await;
    let heard = other.subscribe();
    let mut heard = pin!(heard);
    one.publish(&[Tag::of("before")]).await.expect("a notice");
    assert_eq!(next(&mut heard).await, Notice::Changed(Tag::of("before")));
    server.kill();
    let error = complaint(one.publish(&[Tag::of("lost")])).await;
    assert!(error.is_unavailable() && error.to_string().contains("refuses connections"), "{error}");
    server.start_again().await;
    assert_eq!(next(&mut heard).await, Notice::Missed);
    one.publish(&[Tag::of("after")]).await.expect("a notice");
    assert_eq!(next(&mut heard).await, Notice::Changed(Tag::of("after")));
}

/// A connection that is there, and from which nothing comes, is made anew.
pub(super) async fn a_redis_that_went_silent_is_given_up_by_notices(program: RedisProgram) {
    let (one, other, server) = notices(program).await;
    let heard = other.subscribe();
    let mut heard = pin!(heard);
    server.pause();
    // Silence of one second, and two seconds for an answer.
    for _ in 0..2 {
        let error = complaint(one.publish(&[Tag::of("unheard")])).await;
        assert!(error.is_unavailable());
    }
    server.resume();
    assert_eq!(next(&mut heard).await, Notice::Missed);
    one.publish(&[Tag::of("after")]).await.expect("a notice");
    assert_eq!(next(&mut heard).await, Notice::Changed(Tag::of("after")));
}

pub(super) async fn what_redis_refuses_says_what_to_do(program: RedisProgram) {
    let server = RedisServer::start_with(program, &["--save", "", "--requirepass", "secret"]).await;
    let url = |user: &str| format!("redis://{user}@{}", server.address());
    for wrong in [server.url(), url(":wrong")] {
        for error in [complaint(RedisStates::connect(&wrong)).await, complaint(RedisNotices::connect(&wrong)).await] {
            assert!(
                error.to_string().contains("does not let this program in: user and password belong into the URL"),
                "{error}"
            );
            assert!(!error.is_unavailable() && !format!("{error:?}").contains("wrong"), "{error:?}");
        }
    }
    let store = RedisStates::connect(&url(":secret")).await.expect("a connection");
    let swap = || store.swap("key", None, Bytes::from_static(b"content"), HOUR);
    let command = async |words: &[&str]| {
        let client = redis::Client::open(url(":secret")).expect("a URL");
        let mut connection = client.get_multiplexed_async_connection().await.expect("a connection");
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]).exec_async(&mut connection).await.expect("an answer");
    };
    command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    let error = complaint(swap()).await;
    assert!(error.to_string().contains("has no memory left for more: give it more"), "{error}");
    command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    command(&["REPLICAOF", "127.0.0.1", "1"]).await;
    let error = complaint(swap()).await;
    assert!(error.to_string().contains("is a replica, which takes no changes"), "{error}");
    command(&["REPLICAOF", "NO", "ONE"]).await;
    command(&["SET", "filekit:state:key", "foreign"]).await;
    let error = complaint(store.load("key")).await;
    assert!(error.to_string().contains("choose another prefix"), "{error}");
    command(&["ACL", "SETUSER", "reader", "on", ">secret", "~*", "+get", "+ping", "+client", "+select"]).await;
    let reader = RedisStates::connect(&url("reader:secret")).await.expect("a connection");
    let error = complaint(reader.remove("key")).await;
    assert!(error.to_string().contains("does not permit this"), "{error}");
}

pub(super) async fn a_url_that_leads_nowhere_says_so(_program: RedisProgram) {
    for (url, words) in [
        ("localhost:6379", "the URL of Redis is none: write it as"),
        ("http://localhost", "the URL of Redis is none"),
        ("redis://:password@[::", "the URL of Redis is none"),
        ("rediss://127.0.0.1:1", "TLS to Redis (`rediss://`) needs"),
        ("redis://127.0.0.1:1", "Redis at 127.0.0.1:1 refuses connections"),
        ("redis://no-such-host.invalid", "Redis at no-such-host.invalid:6379 is out of reach"),
        ("unix:///no/such/socket", "Redis at /no/such/socket refuses connections"),
    ] {
        let error = complaint(RedisStates::connect(url)).await;
        assert!(error.to_string().contains(words), "{url}: {error}");
        assert!(!error.to_string().contains("password@"), "{error}");
    }
}
