//! What one core carries, and whether two and three servers carry two and three times as much: visitors click and upload on 1, 2 and 3
//! servers that share a Redis and an upload directory, and the processor time of the servers and of Redis is printed for each click and
//! each upload, with what follows from it. Linux only: it reads `/proc`.
//!
//! ```text
//! cargo bench -p benches --bench capacity -- [--rounds N] [--small]
//! ```

#![allow(clippy::print_stdout, missing_docs, reason = "a program that prints figures")]

mod page;
mod visitor;

use std::path::Path;
use std::process::{Command, Stdio};

use benches::process::{Server, free_port, median, program};

use crate::visitor::{Routing, Visitor};

/// How many visitors there are at a time.
const VISITORS: usize = 8;

/// Bytes of an upload: a photograph that was made small, a scan.
const UPLOAD: usize = 100 << 10;

/// How far what three servers cost may be from what one and two say that it is.
const TOLERANCE: f64 = 1.1;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("filekit") => page::serve(Path::new(&arguments[1])).expect("a server"),
        _ => measure(&arguments),
    }
}

/// How many times each visitor does what is measured.
#[derive(Clone, Copy)]
struct Work {
    clicks: usize,
    uploads: usize,
}

/// Milliseconds of the processor.
#[derive(Clone, Copy)]
struct Cost {
    servers: f64,
    redis: f64,
}

/// The costs of a click, and of an upload.
struct Costs {
    click: Cost,
    upload: Cost,
}

fn measure(arguments: &[String]) {
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let rounds = arguments.iter().skip_while(|argument| *argument != "--rounds").nth(1);
    let rounds = rounds.map_or(5, |rounds| rounds.parse().expect("a number of rounds"));
    let work = if has("--small") { Work { clicks: 20, uploads: 5 } } else { Work { clicks: 150, uploads: 40 } };
    println!("milliseconds of the processor, {VISITORS} visitors at a time; the median of {rounds}\n");
    println!("{:<26} {:>10} {:>8} {:>10} {:>8}", "", "click", "Redis", "100 KiB", "Redis");
    let alone = row("1 server, memory", 1, Routing::Any, None, work, rounds);
    let sticky = row("2 servers, sticky", 2, Routing::Sticky, Some(()), work, rounds);
    let shared: Vec<Costs> = (1..=3)
        .map(|servers| row(&format!("{servers} servers, any"), servers, Routing::Any, Some(()), work, rounds))
        .collect();
    println!();
    check(&shared);
    conclude(&alone, &sticky, &shared[1]);
}

fn row(name: &str, servers: usize, routing: Routing, redis: Option<()>, work: Work, rounds: usize) -> Costs {
    let costs: Vec<Costs> = (0..rounds).map(|_| run(servers, routing, redis.is_some(), work)).collect();
    let middle = |part: fn(&Costs) -> f64| median(costs.iter().map(part).collect());
    let costs = Costs {
        click: Cost { servers: middle(|costs| costs.click.servers), redis: middle(|costs| costs.click.redis) },
        upload: Cost { servers: middle(|costs| costs.upload.servers), redis: middle(|costs| costs.upload.redis) },
    };
    let Costs { click, upload } = &costs;
    println!("{name:<26} {:>10.3} {:>8.3} {:>10.3} {:>8.3}", click.servers, click.redis, upload.servers, upload.redis);
    costs
}

/// Servers that are started afresh, and what they share.
struct Fleet {
    servers: Vec<Server>,
    redis: Option<Server>,
}

impl Fleet {
    fn start(folder: &Path, count: usize, has_redis: bool) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let redis = has_redis.then(|| Server::start_at(&mut redis_at(&address), address.clone()));
        let state = if has_redis { format!("redis://{address}") } else { "memory".to_owned() };
        let start = |_| Server::start_program(program("filekit", folder).env("FILEKIT_STATE", &state));
        Self { servers: (0..count).map(start).collect(), redis }
    }

    /// What something costs that is done so often.
    fn cost(&self, count: usize, mut work: impl FnMut()) -> Cost {
        let mut redis = 0.0;
        let servers = cpu_during(&self.servers, &mut || match &self.redis {
            Some(server) => redis = server.cpu_during(&mut work),
            None => work(),
        });
        let each = 1e3 / count as f64;
        Cost { servers: servers * each, redis: redis * each }
    }
}

fn redis_at(address: &str) -> Command {
    let (_, port) = address.rsplit_once(':').expect("a port");
    let mut redis = Command::new("redis-server");
    redis.args(["--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"]).stdout(Stdio::null());
    redis
}

/// The processor time that all of these servers take during some work, in seconds.
fn cpu_during(servers: &[Server], work: &mut dyn FnMut()) -> f64 {
    let Some((first, others)) = servers.split_first() else {
        work();
        return 0.0;
    };
    let mut of_others = 0.0;
    first.cpu_during(|| of_others = cpu_during(others, work)) + of_others
}

fn run(servers: usize, routing: Routing, has_redis: bool, work: Work) -> Costs {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let fleet = Fleet::start(folder.path(), servers, has_redis);
    let addresses: Vec<&str> = fleet.servers.iter().map(Server::address).collect();
    let mut visitors: Vec<Visitor> = (0..VISITORS).map(|nth| Visitor::open(&addresses, nth, routing)).collect();
    // What comes first is not counted.
    at_once(&mut visitors, |visitor| visitor.click("first"));
    at_once(&mut visitors, |visitor| visitor.upload(&[0; UPLOAD]));
    let click = fleet.cost(VISITORS * work.clicks, || {
        at_once(&mut visitors, |visitor| (0..work.clicks).for_each(|nth| visitor.click(&format!("note {nth}"))));
    });
    let content: Vec<u8> = (0..UPLOAD).map(|nth| (nth * 31 % 251) as u8).collect();
    let upload = fleet.cost(VISITORS * work.uploads, || {
        at_once(&mut visitors, |visitor| (0..work.uploads).for_each(|_| visitor.upload(&content)));
    });
    Costs { click, upload }
}

/// Lets all visitors do something at the same time.
fn at_once(visitors: &mut [Visitor], work: impl Fn(&mut Visitor) + Sync) {
    std::thread::scope(|scope| {
        for visitor in visitors {
            scope.spawn(|| work(visitor));
        }
    });
}

/// A further server has to hear of each change, and sends whole pages where one alone sends what has changed. Each is to cost what the
/// second one does: then what `servers` of them carry is known.
fn check(shared: &[Costs]) {
    let [one, two, three] = shared else { return };
    for (what, part) in [("a click", (|costs| costs.click) as fn(&Costs) -> Cost), ("an upload", |costs| costs.upload)]
    {
        let [one, two, three] = [one, two, three].map(|costs| part(costs).servers);
        let further = two - one;
        let ratio = three / (one + 2.0 * further);
        println!(
            "{what} costs {one:.3} ms on one server, and {further:.3} ms more for each further one; on three {ratio:.2} x that, within \
             {TOLERANCE} x: {}",
            if (1.0 / TOLERANCE..=TOLERANCE).contains(&ratio) { "met" } else { "missed" }
        );
    }
}

fn conclude(alone: &Costs, sticky: &Costs, shared: &Costs) {
    let per_second = |milliseconds: f64| 1e3 / milliseconds;
    println!("\nA core carries, in a second");
    for (name, costs) in [("in memory", alone), ("on Redis, sticky", sticky), ("on Redis, any server", shared)] {
        let (clicks, uploads) = (per_second(costs.click.servers), per_second(costs.upload.servers));
        println!("  {name:<22} {clicks:>6.0} clicks, or {uploads:>6.0} uploads of 100 KiB");
    }
    let of_redis = per_second(shared.click.redis);
    println!(
        "Redis, which has one core, carries {of_redis:.0} clicks: those of {:.0} cores of servers",
        of_redis / per_second(shared.click.servers)
    );
    // An upload with the click that opens its page; half of a day's in two hours.
    let peak = 1e6 / 2.0 / 7_200.0;
    let servers = peak * (shared.upload.servers + shared.click.servers) / 1e3;
    let redis = peak * (shared.upload.redis + shared.click.redis) / 1e3;
    println!(
        "1,000,000 uploads a day, half of them within two hours, are {peak:.0} a second: {servers:.2} cores of servers, {redis:.2} of Redis"
    );
}
