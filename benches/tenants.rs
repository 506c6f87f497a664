//! Many tenants on one computer: a process, a journal and a simulated tenant each, all at once and
//! each as fast as Defender's limits let it.
//!
//! `cargo bench --bench tenants`, four minutes, on Linux; `MDE_OFFBOARD_TENANTS` says how many
//! (200). Each tenant has 250 machines: 100, a wait, 100, a wait, 50. While a process waits for its
//! window, its memory and its work are looked at for 15 seconds. The simulators all live in this
//! process, so that their memory counts apart, and count for themselves what arrived in each window.
//! The way is plain HTTP: what a TLS connection holds is not in here. The journals lie below
//! `target/`; `-- /dev/shm` puts them in memory.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/folder.rs"]
mod folder;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;
#[path = "support/stopwatch.rs"]
mod stopwatch;
#[path = "support/waiting.rs"]
mod waiting;
#[path = "support/work.rs"]
mod work;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use mde_offboard::domain::{LimitGroup, MachineId};
use mde_offboard::simulator::{
    Behaviour, ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions, serve,
};

use program::{Running, connected, program};
use stopwatch::{Stopwatch, quantile};

const TENANTS: usize = 200;
const MACHINES: usize = 250;

/// Requests that a minute holds: a process that has sent them waits.
const BURST: usize = 100;

/// After its last request a process still records answers, and looks at lists.
const SETTLED: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_secs(15);

/// Longest that all may take.
const PATIENCE: Duration = Duration::from_mins(20);

/// Sent, and not followed any further.
const EXIT_SENT: i32 = 9;

type SharedTenant = Arc<Mutex<SimulatedTenant>>;

/// A tenant, its process, and what was seen of it.
struct Run {
    tenant: SharedTenant,
    process: Running,
    started: Stopwatch,
    /// From the start until the first minute's requests had arrived.
    first_burst: Option<Duration>,
    posts: usize,
    since: Stopwatch,
    /// When a look began, and the work until then.
    looked: Option<(Stopwatch, f64)>,
    waits: Vec<Wait>,
    exit: Option<i32>,
}

/// What a process takes while it waits.
struct Wait {
    proportional_kib: u64,
    resident_kib: u64,
    /// Of a core, in percent.
    work: f64,
}

fn main() {
    let tenants = std::env::var("MDE_OFFBOARD_TENANTS").ok();
    let tenants = tenants.map_or(TENANTS, |text| text.parse().expect("a number"));
    let folder = folder::temporary();
    let machines = machines();
    let (simulators, urls) = simulators(tenants, &machines);
    let own_kib = memory::of(std::process::id(), "VmRSS").unwrap_or_default();
    let watch = Stopwatch::start();
    let mut runs: Vec<Run> = simulators
        .into_iter()
        .zip(&urls)
        .enumerate()
        .map(|(number, (tenant, url))| {
            let place = folder.path().join(format!("tenant-{number}"));
            start(&place, &machines, tenant, url)
        })
        .collect();
    let all_started = watch.elapsed();
    let mut most_kib = 0;
    waiting::until("all runs have ended", PATIENCE, || {
        waiting::pass(Duration::from_millis(200));
        runs.iter_mut().for_each(Run::look);
        let all = runs.iter().filter_map(|run| memory::proportional(run.process.0.id()));
        most_kib = most_kib.max(all.sum::<u64>());
        runs.iter().all(|run| run.exit.is_some())
    });
    println!("{tenants} tenants of {MACHINES} machines, started within {all_started:.1?}");
    println!("all sent after {:.0?}; all together {} MiB at most", watch.elapsed(), most_kib >> 10);
    let bursts: Vec<Duration> = runs.iter().filter_map(|run| run.first_burst).collect();
    let [median, last] = [500, 1_000].map(|share| quantile(&bursts, share));
    println!("the first {BURST} requests of each: {median:.1?} in the median, {last:.1?} the last");
    println!("the simulators take {} MiB at the start", own_kib >> 10);
    print_waits(&runs);
    print_windows(&runs);
}

/// Ordinary machines: the simulator accepts each of them.
fn machines() -> Vec<MachineId> {
    let seed = TenantOptions::default().seed;
    let ordinary =
        |id: &MachineId| SimulatedMachine::from_id(*id, None, seed).behaviour == Behaviour::Normal;
    let ids = (1_u32..).map(|number| {
        let scattered = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        MachineId::parse(&format!("{scattered:016x}{number:024x}")).expect("40 digits")
    });
    ids.filter(ordinary).take(MACHINES).collect()
}

/// A simulator a tenant, all on one thread, which lives as long as this process.
fn simulators(tenants: usize, machines: &[MachineId]) -> (Vec<SharedTenant>, Vec<String>) {
    let (urls, listening) = mpsc::channel();
    let all: Vec<SharedTenant> = (0..tenants).map(|_| Arc::new(tenant(machines).into())).collect();
    let served = all.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            for tenant in served {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
                let address = listener.local_addr().expect("an address");
                urls.send(format!("http://{address}")).expect("it is waited for");
                let end = std::future::pending();
                tokio::spawn(serve(listener, tenant, ShellOptions::default(), end));
            }
            drop(urls);
            std::future::pending::<()>().await;
        });
    });
    (all, listening.into_iter().collect())
}

fn tenant(machines: &[MachineId]) -> SimulatedTenant {
    let options = TenantOptions::default();
    let seed = options.seed;
    let mut tenant = SimulatedTenant::new(options);
    for id in machines {
        tenant.add(SimulatedMachine::from_id(*id, None, seed));
    }
    tenant.populate(MACHINES * 2);
    tenant
}

fn start(place: &Path, machines: &[MachineId], tenant: SharedTenant, url: &str) -> Run {
    std::fs::create_dir(place).expect("a folder");
    let mut list = String::from("Device ID\n");
    for id in machines {
        writeln!(list, "{id}").expect("a string takes every text");
    }
    std::fs::write(place.join("fleet.csv"), list).expect("a list");
    let mut command = program(place);
    command.args(["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"]).args([
        "--track-timeout",
        "0",
        "--progress",
        "plain",
    ]);
    let process = Running(connected(command, url).spawn().expect("it runs"));
    let (started, since) = (Stopwatch::start(), Stopwatch::start());
    let (first_burst, looked, waits, exit) = (None, None, Vec::new(), None);
    Run { tenant, process, started, first_burst, posts: 0, since, looked, waits, exit }
}

impl Run {
    fn look(&mut self) {
        if self.exit.is_some() {
            return;
        }
        if let Some(status) = self.process.0.try_wait().expect("ours") {
            self.exit = Some(status.code().unwrap_or(-1));
            return;
        }
        let posts = posts(&self.tenant);
        if posts >= BURST {
            self.first_burst.get_or_insert_with(|| self.started.elapsed());
        }
        if posts != self.posts {
            (self.posts, self.since, self.looked) = (posts, Stopwatch::start(), None);
            return;
        }
        let id = self.process.0.id();
        match &self.looked {
            Some((watch, before)) if watch.elapsed() >= LOOK => {
                let took = watch.elapsed().as_secs_f64();
                let seen = (memory::proportional(id), memory::of(id, "VmRSS"), work::of(id));
                if let (Some(proportional_kib), Some(resident_kib), Some(worked)) = seen {
                    let work = (worked - before) / took * 100.0;
                    self.waits.push(Wait { proportional_kib, resident_kib, work });
                }
                self.looked = None;
            }
            Some(_) => {}
            None if waits(posts) && self.since.elapsed() >= SETTLED => {
                self.looked = work::of(id).map(|worked| (Stopwatch::start(), worked));
            }
            None => {}
        }
    }
}

fn waits(posts: usize) -> bool {
    posts > 0 && posts < MACHINES && posts.is_multiple_of(BURST)
}

fn posts(tenant: &SharedTenant) -> usize {
    let tenant = tenant.lock().expect("whole");
    tenant.log().iter().filter(|call| call.group == LimitGroup::Posts).count()
}

fn print_waits(runs: &[Run]) {
    let waits: Vec<&Wait> = runs.iter().flat_map(|run| &run.waits).collect();
    println!("\n{} looks at processes that waited for a window", waits.len());
    println!("{:<40} {:>8} {:>8} {:>8}", "", "median", "mean", "most");
    let print = |what: &str, mut values: Vec<f64>| {
        assert!(!values.is_empty(), "no process was seen to wait");
        values.sort_unstable_by(f64::total_cmp);
        let (median, most) = (values[values.len() / 2], values[values.len() - 1]);
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        println!("{what:<40} {median:>8.3} {mean:>8.3} {most:>8.3}");
    };
    print("memory, shared parts divided, MiB", mib(&waits, |wait| wait.proportional_kib));
    print("memory, shared parts counted whole, MiB", mib(&waits, |wait| wait.resident_kib));
    print("of a core, %", waits.iter().map(|wait| wait.work).collect());
}

#[expect(clippy::cast_precision_loss, reason = "a size of five digits")]
fn mib(waits: &[&Wait], kib: impl Fn(&Wait) -> u64) -> Vec<f64> {
    waits.iter().map(|wait| kib(wait) as f64 / 1024.0).collect()
}

/// What the servers counted.
fn print_windows(runs: &[Run]) {
    let (mut most, mut over, mut refused) = (0, 0, 0);
    for run in runs {
        let tenant = run.tenant.lock().expect("whole");
        let fullest = tenant.fullest(LimitGroup::Posts);
        most = most.max(fullest.first().map_or(0, |(_, most)| *most));
        over +=
            fullest.iter().map(|(window, most)| most.saturating_sub(window.limit())).sum::<u32>();
        refused += tenant.summary().refused_429;
    }
    let sent = runs.iter().filter(|run| run.exit == Some(EXIT_SENT)).count();
    println!("\nended with {EXIT_SENT}: {sent} of {}", runs.len());
    println!("in the fullest minute of any tenant: {most}; over a window: {over}; 429s: {refused}");
    assert_eq!((sent, over, refused), (runs.len(), 0, 0), "all is sent, and nothing over a window");
}
