//! The embedded simulator of `--simulate`: a tenant on loopback for as long as the command lives.
//!
//! It runs on a thread and a runtime of its own and is reached over HTTP like the real one, so a
//! rehearsal goes through the same code. Its memory ends with the process: actions of an earlier
//! command are unknown to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::domain::Window;
use crate::engine::RunOptions;
use crate::simulator::{
    FaultPlan, Faults, ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions, serve,
};

use crate::cli::Failure;
use crate::cli::args::RehearsalArguments;

/// How much faster than in life actions go through their states.
const SPEED: f64 = 60.0;

/// Share of the machines that are switched off: what a person will meet in life too.
const PENDING_SHARE: f64 = 0.05;

const FAIL_SHARE: f64 = 0.02;

/// Machines of the tenant beside each one of the list.
const OTHERS_EACH: usize = 2;

/// Most test machines: a rehearsal of a million machines should fit into memory.
const OTHERS_MAX: usize = 200_000;

/// How long after its request a late effect comes, at most. With the lag of the list it stays under
/// a second, so that it fits into the settle time of a rehearsal, and of a quick test.
const LATE_MAX: Duration = Duration::from_millis(500);

/// Test machines of a tenant that holds a list of this many.
pub(crate) fn others_beside(listed: usize) -> usize {
    (listed * OTHERS_EACH).min(OTHERS_MAX)
}

/// Longest time by which a hostile list of actions is late.
const LIST_LAG: Duration = Duration::from_millis(300);

/// A running simulator; it ends when this is dropped.
pub(crate) struct EmbeddedSimulator {
    /// Where it answers: API and sign-in alike.
    pub(super) url: String,
    pub(super) tenant_id: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    _ends_with: oneshot::Sender<()>,
}

/// The windows of a rehearsal without `--limit`.
fn limits() -> Vec<Window> {
    let window = |limit, duration| Window::new(limit, duration).expect("within the bounds");
    vec![window(100, Duration::from_secs(1)), window(1_500, Duration::from_mins(1))]
}

/// The options of a rehearsal: the defaults, sixty times faster.
pub(super) fn options() -> RunOptions {
    RunOptions {
        limits: limits(),
        settle: Duration::from_secs(5),
        poll_interval: Duration::from_millis(500),
        track_timeout: Duration::from_secs(30),
        canary_wait: Duration::from_mins(1),
        ..RunOptions::default()
    }
}

pub(crate) fn fault_plan(faults: Faults, seed: u64) -> FaultPlan {
    let mut plan = FaultPlan::named(faults, seed);
    plan.late_max = LATE_MAX;
    plan
}

pub(crate) const fn list_lag(faults: Faults) -> Duration {
    match faults {
        Faults::None | Faults::Flaky => Duration::ZERO,
        Faults::Hostile => LIST_LAG,
    }
}

/// The tenant of the rehearsal that becomes batch `number`: each rehearsal has one of its own, so
/// that it begins with nothing done, no matter what an earlier one did.
pub(crate) fn rehearsal_tenant(number: usize) -> String {
    format!("5e1f0000-0000-4000-8000-{number:012x}")
}

impl EmbeddedSimulator {
    /// Starts a tenant that holds `machines` among others and holds callers to `limits`.
    pub(super) fn start(
        tenant_id: &str,
        machines: Vec<SimulatedMachine>,
        limits: &[Window],
        rehearsal: RehearsalArguments,
    ) -> Result<Self, Failure> {
        let (seed, faults) = (rehearsal.seed(), rehearsal.faults());
        let options = TenantOptions {
            seed,
            tenant_id: tenant_id.to_owned(),
            limits: limits.to_vec(),
            speed: SPEED,
            stay_pending_share: PENDING_SHARE,
            fail_share: FAIL_SHARE,
            list_lag: list_lag(faults),
            ..TenantOptions::default()
        };
        let (tenant_id, client_id) = (options.tenant_id.clone(), options.client_id.clone());
        let client_secret = options.client_secret.clone();
        let others = others_beside(machines.len());
        let mut tenant = SimulatedTenant::new(options);
        for machine in machines {
            tenant.add(machine);
        }
        tenant.populate(others);
        let shell =
            ShellOptions { seed, faults: fault_plan(faults, seed), ..ShellOptions::default() };
        let (end, ended) = oneshot::channel();
        let (started, address) = mpsc::sync_channel(1);
        let spawned = std::thread::Builder::new()
            .name("simulator".to_owned())
            .spawn(move || run(tenant, shell, &started, ended));
        let address = spawned.and_then(|_| {
            address.recv().unwrap_or_else(|_| Err(std::io::Error::other("its thread ended")))
        });
        let address = address.map_err(|error| {
            Failure::of_short_system("the embedded simulator cannot start", &error)
        })?;
        let url = format!("http://{address}");
        Ok(Self { url, tenant_id, client_id, client_secret, _ends_with: end })
    }
}

fn run(
    tenant: SimulatedTenant,
    shell: ShellOptions,
    started: &mpsc::SyncSender<std::io::Result<SocketAddr>>,
    ended: oneshot::Receiver<()>,
) {
    let served =
        tokio::runtime::Builder::new_current_thread().enable_all().build().and_then(|runtime| {
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                drop(started.send(Ok(listener.local_addr()?)));
                // The sender is dropped with the simulation: that is the sign to end.
                let shutdown = async { drop(ended.await) };
                serve(listener, Arc::new(Mutex::new(tenant)), shell, shutdown).await
            })
        });
    if let Err(error) = served {
        // Before the start somebody waits for it; after that the client sees a closed connection.
        drop(started.try_send(Err(error)));
    }
}
