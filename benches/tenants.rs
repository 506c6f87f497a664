//! Many tenants on one computer: a process, a journal and a simulated tenant each, all at once and
//! each as fast as Defender's limits let it.
//!
//! `cargo bench --bench tenants`, some three minutes, on Linux; `MDE_OFFBOARD_TENANTS` says how
//! many (200). Each tenant has 250 machines, 100 requests a minute and 200 an hour: so all send
//! for two minutes and then wait for the hour, as a process does for three quarters of its life.
//! There their memory and their work are looked at for a minute, and they are killed, which
//! they survive. The simulators all live in this process, so that their memory counts apart, and
//! count for themselves what arrived in each window. The way is plain HTTP: what a TLS connection
//! holds is not in here. The journals lie below `target/`; `-- /dev/shm` puts them in memory.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

#[path = "support/folder.rs"]
mod folder;
#[path = "support/machines.rs"]
mod machines;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;
#[path = "support/proportional.rs"]
mod proportional;
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

use mde_offboard::domain::{LimitGroup, MachineId, Window};
use mde_offboard::simulator::{
    ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions, serve,
};

use machines::ordinary;
use program::{Running, connected, program};
use stopwatch::Stopwatch;

const TENANTS: usize = 200;
const MACHINES: usize = 250;
const LIMITS: [&str; 2] = ["100/1m", "200/1h"];

/// Requests that an hour holds: a process that has sent them waits.
const FULL: usize = 200;

/// After its last request a process still records answers, and looks at lists.
const SETTLED: Duration = Duration::from_secs(10);

/// Two of the looks that a run takes at its actions.
const LOOK: Duration = Duration::from_mins(1);

/// Longest until all wait.
const PATIENCE: Duration = Duration::from_mins(20);

type SharedTenant = Arc<Mutex<SimulatedTenant>>;

/// A tenant, and its process.
struct Run {
    tenant: SharedTenant,
    process: Running,
}

/// What a process takes while it waits.
struct Wait {
    proportional_kib: u64,
    resident_kib: u64,
    /// The most that it ever had.
    most_kib: u64,
    /// Of a core, in percent.
    work: f64,
}

fn main() {
    let tenants = std::env::var("MDE_OFFBOARD_TENANTS").ok();
    let tenants = tenants.map_or(TENANTS, |text| text.parse().expect("a number"));
    let folder = folder::temporary();
    let machines = ordinary(MACHINES);
    let (simulators, urls) = simulators(tenants, &machines);
    let watch = Stopwatch::start();
    let start = |(number, (tenant, url)): (usize, (SharedTenant, &String))| {
        let place = folder.path().join(format!("tenant-{number}"));
        Run { tenant, process: start(&place, &machines, url) }
    };
    let runs: Vec<Run> = simulators.into_iter().zip(&urls).enumerate().map(start).collect();
    println!("{tenants} processes, started within {:.1?}", watch.elapsed());
    waiting::until("all wait for the hour", PATIENCE, || {
        waiting::pass(Duration::from_millis(500));
        runs.iter().all(|run| posts(&run.tenant) == FULL)
    });
    println!("all have sent {FULL} requests after {:.0?}", watch.elapsed());
    waiting::pass(SETTLED);
    print_waits(&waits(&runs));
    let own_kib = memory::of(std::process::id(), "VmRSS").unwrap_or_default();
    println!("\nthe simulators, counted apart: {} MiB", own_kib >> 10);
    print_windows(&runs);
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
    let limits = LIMITS.map(|limit| Window::parse(limit).expect("a window")).to_vec();
    let options = TenantOptions { limits, ..TenantOptions::default() };
    let seed = options.seed;
    let mut tenant = SimulatedTenant::new(options);
    for id in machines {
        tenant.add(SimulatedMachine::from_id(*id, None, seed));
    }
    tenant.populate(MACHINES * 2);
    tenant
}

fn start(place: &Path, machines: &[MachineId], url: &str) -> Running {
    std::fs::create_dir(place).expect("a folder");
    let mut list = String::from("Device ID\n");
    for id in machines {
        writeln!(list, "{id}").expect("a string takes every text");
    }
    std::fs::write(place.join("fleet.csv"), list).expect("a list");
    let mut command = program(place);
    command.args(["run", "fleet.csv", "--comment", "Retired in Q4", "--yes"]);
    command.args(["--max-share", "100%", "--progress", "plain"]);
    command.args(LIMITS.iter().flat_map(|limit| ["--limit", limit]));
    Running(connected(command, url).spawn().expect("it runs"))
}

fn posts(tenant: &SharedTenant) -> usize {
    let tenant = tenant.lock().expect("whole");
    tenant.log().iter().filter(|call| call.group == LimitGroup::Posts).count()
}

/// Looks at all of them for the same minute.
fn waits(runs: &[Run]) -> Vec<Wait> {
    let ids: Vec<u32> = runs.iter().map(|run| run.process.0.id()).collect();
    let worked = |id: &u32| work::of(*id).expect("it waits");
    let (watch, before) = (Stopwatch::start(), ids.iter().map(worked).collect::<Vec<f64>>());
    waiting::pass(LOOK);
    let (took, after) = (watch.elapsed(), ids.iter().map(worked).collect::<Vec<f64>>());
    let wait = |(id, (before, after)): (&u32, (f64, f64))| Wait {
        proportional_kib: proportional::of(*id).expect("it waits"),
        resident_kib: memory::of(*id, "VmRSS").expect("it waits"),
        most_kib: memory::of(*id, "VmHWM").expect("it waits"),
        work: (after - before) / took.as_secs_f64() * 100.0,
    };
    ids.iter().zip(before.into_iter().zip(after)).map(wait).collect()
}

fn print_waits(waits: &[Wait]) {
    println!("{:<40} {:>8} {:>8} {:>8}", "", "median", "mean", "most");
    let print = |what: &str, mut values: Vec<f64>| {
        values.sort_unstable_by(f64::total_cmp);
        let (median, most) = (values[values.len() / 2], values[values.len() - 1]);
        #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        println!("{what:<40} {median:>8.3} {mean:>8.3} {most:>8.3}");
    };
    print("memory, shared parts divided, MiB", mib(waits, |wait| wait.proportional_kib));
    print("memory, shared parts counted whole, MiB", mib(waits, |wait| wait.resident_kib));
    print("the most that it ever had, MiB", mib(waits, |wait| wait.most_kib));
    print("of a core, %", waits.iter().map(|wait| wait.work).collect());
}

#[expect(clippy::cast_precision_loss, reason = "a size of five digits")]
fn mib(waits: &[Wait], kib: impl Fn(&Wait) -> u64) -> Vec<f64> {
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
    println!("in the fullest minute of any tenant: {most}; over a window: {over}; 429s: {refused}");
    assert_eq!((over, refused), (0, 0), "nothing over a window");
}
