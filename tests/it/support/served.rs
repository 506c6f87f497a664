//! The simulator in the process of the tests, on loopback.

use std::sync::{Arc, Mutex};

use mde_offboard::simulator::{ShellOptions, SimulatedTenant, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A shell that runs on the runtime of the test.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) tenant: Arc<Mutex<SimulatedTenant>>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub(crate) async fn start(tenant: SimulatedTenant, shell: ShellOptions) -> Self {
        let tenant = Arc::new(Mutex::new(tenant));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (stop, stopped) = oneshot::channel::<()>();
        let end = async { drop(stopped.await) };
        let running = tokio::spawn(serve(listener, Arc::clone(&tenant), shell, end));
        Self { url, tenant, stop, running }
    }

    /// Ends it in order.
    pub(crate) async fn end(self) {
        drop(self.stop);
        self.running.await.expect("no panic").expect("it serves");
    }
}
