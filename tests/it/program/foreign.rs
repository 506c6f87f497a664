//! A listener that nobody should talk to, and a simulator with a plan of the test's own.

use std::io::Read;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{
    FaultPlan, Rule, ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions,
};
use tokio::sync::oneshot;

use crate::support::served::Served;

/// Longest that a caller's bytes are waited for: they have been here for long by then.
const PATIENCE: Duration = Duration::from_millis(200);

/// Another host. Whoever connects waits in its queue until the test looks.
pub(crate) struct Foreign(TcpListener);

impl Foreign {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("never waits");
        Self(listener)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("bound"))
    }

    /// What was said to it, one text a connection.
    pub(crate) fn heard(&self) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok((mut caller, _)) = self.0.accept() {
            caller.set_nonblocking(false).expect("reads");
            caller.set_read_timeout(Some(PATIENCE)).expect("not for ever");
            let mut bytes = Vec::new();
            // The end is the caller's, or the patience's: the bytes are there either way.
            drop(caller.read_to_end(&mut bytes));
            heard.push(String::from_utf8_lossy(&bytes).into_owned());
        }
        heard
    }
}

/// A simulator on a thread of the test.
pub(crate) struct Here {
    pub(crate) url: String,
    pub(crate) tenant: Arc<Mutex<SimulatedTenant>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Here {
    /// With these machines, where these rules go wrong; what points elsewhere points to `foreign`.
    pub(crate) fn new(machines: &[MachineId], rules: Vec<Rule>, foreign: &Foreign) -> Self {
        let mut tenant =
            SimulatedTenant::new(TenantOptions { speed: 6_000.0, ..TenantOptions::default() });
        for machine in machines {
            tenant.add(SimulatedMachine::onboarded(*machine, "pc"));
        }
        let mut faults = FaultPlan::new(1, rules);
        faults.elsewhere = foreign.url();
        Self::serving(tenant, ShellOptions { faults, ..ShellOptions::default() })
    }

    /// With a tenant of the test's own.
    pub(crate) fn serving(tenant: SimulatedTenant, shell: ShellOptions) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (started, begun) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let served = Served::start(tenant, shell).await;
                let known = (served.url.clone(), Arc::clone(&served.tenant));
                started.send(known).expect("awaited");
                drop(stopped.await);
                served.end().await;
            });
        });
        let (url, tenant) = begun.recv().expect("it starts");
        Self { url, tenant, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
