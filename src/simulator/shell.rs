//! The HTTP shell on loopback: routes, the clock, and the time that a network takes.
//!
//! Called by `cli` for `--simulate` and `simulator`, and by tests. Each request goes through
//! `Shell::answer`; what goes wrong on a wire would go wrong there. Deliberately absent: any
//! decision about a request, which the tenant makes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use crate::domain::Timestamp;

use super::answer::{Response, http_date};
use super::draw::Draw;
use super::listing::ListQuery;
use super::oauth::TokenForm;
use super::tenant::Tenant;

/// How the shell behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellOptions {
    /// How long a request takes, beside the work: half before it arrives, half after. An empty
    /// range takes its start.
    pub latency: Range<Duration>,
    /// With which latencies are drawn.
    pub seed: u64,
}

impl Default for ShellOptions {
    /// As fast as loopback is.
    fn default() -> Self {
        Self { latency: Duration::ZERO..Duration::ZERO, seed: 1 }
    }
}

/// What every request shares.
#[derive(Clone)]
struct Shell {
    tenant: Arc<Mutex<Tenant>>,
    options: Arc<ShellOptions>,
    requests: Arc<AtomicU64>,
}

/// Serves the tenant until `shutdown` resolves; requests that arrived by then are answered.
/// The tenant may be looked at in the meantime: it is locked only while it answers.
///
/// # Errors
/// When the listener has no address; a connection's own errors end only that connection.
pub async fn serve(
    listener: TcpListener,
    tenant: Arc<Mutex<Tenant>>,
    options: ShellOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let shell = Shell { tenant, options: Arc::new(options), requests: Arc::default() };
    let api_url = format!("http://{}", listener.local_addr()?);
    shell.locked(|tenant| tenant.set_api_url(api_url));
    // Answers are small: without this each would wait for the acknowledgement of the one before.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    axum::serve(listener, routes(shell)).with_graceful_shutdown(shutdown).await
}

fn routes(shell: Shell) -> Router {
    let api = Router::new()
        .route("/machines", get(list_machines))
        .route("/machines/{id}", get(get_machine))
        .route("/machines/{id}/offboard", post(offboard))
        .route("/machineactions", get(list_actions))
        .route("/machineactions/{id}", get(get_action))
        .route("/machineactions/{id}/cancel", post(cancel));
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token))
        .nest("/api", api.clone())
        .nest("/api/v1.0", api)
        .route("/simulator/log", get(log))
        .fallback(not_found)
        .with_state(shell)
}

impl Shell {
    /// One request, from its arrival to its answer. A client that is gone before the first half of
    /// the latency is over was never heard; one that goes later had its effect.
    async fn answer(&self, call: impl FnOnce(&mut Tenant, Timestamp) -> Response) -> Answer {
        let delay = self.delay();
        pause(delay).await;
        let now = wall_clock();
        let response = self.locked(|tenant| call(tenant, now));
        pause(delay).await;
        to_http(response, wall_clock())
    }

    fn locked<T>(&self, look: impl FnOnce(&mut Tenant) -> T) -> T {
        look(&mut self.tenant.lock().expect("no call of the tenant panics"))
    }

    /// Half of this request's latency.
    fn delay(&self) -> Duration {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let Range { start, end } = self.options.latency;
        let mut draw = Draw::new(self.options.seed, "latency", &number.to_le_bytes());
        (start + end.saturating_sub(start).mul_f64(draw.share())) / 2
    }
}

type Answer = axum::response::Response;

/// A pause of zero is none: the timer's grain is a millisecond.
async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "the server's clock is its own, not the run's")]
fn wall_clock() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(0).plus(since_1970)
}

fn to_http(response: Response, now: Timestamp) -> Answer {
    let mut builder = axum::http::Response::builder()
        .status(response.status)
        .header(header::DATE, http_date(now));
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(Body::from(response.body)).expect("the tenant's headers are plain text")
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok())
}

fn list_query(mut query: HashMap<String, String>) -> ListQuery {
    let mut take = |name| query.remove(name);
    ListQuery { filter: take("$filter"), top: take("$top"), skip: take("$skip") }
}

async fn token(
    State(shell): State<Shell>,
    Path(tenant_id): Path<String>,
    Form(mut form): Form<HashMap<String, String>>,
) -> Answer {
    let mut take = |name| form.remove(name).unwrap_or_default();
    let form = TokenForm {
        grant_type: take("grant_type"),
        client_id: take("client_id"),
        client_secret: take("client_secret"),
        scope: take("scope"),
    };
    shell.answer(|tenant, now| tenant.sign_in(now, &tenant_id, &form)).await
}

async fn offboard(
    State(shell): State<Shell>,
    Path(machine): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let call =
        |tenant: &mut Tenant, now| tenant.offboard(now, authorization(&headers), &machine, &body);
    shell.answer(call).await
}

async fn list_actions(
    State(shell): State<Shell>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let query = list_query(query);
    shell.answer(|tenant, now| tenant.actions(now, authorization(&headers), &query)).await
}

async fn get_action(
    State(shell): State<Shell>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    shell.answer(|tenant, now| tenant.action(now, authorization(&headers), &id)).await
}

async fn cancel(
    State(shell): State<Shell>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    shell.answer(|tenant, now| tenant.cancel(now, authorization(&headers), &id, &body)).await
}

async fn list_machines(
    State(shell): State<Shell>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let query = list_query(query);
    shell.answer(|tenant, now| tenant.machines(now, authorization(&headers), &query)).await
}

async fn get_machine(
    State(shell): State<Shell>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    shell.answer(|tenant, now| tenant.machine(now, authorization(&headers), &id)).await
}

/// The truth for tests of the whole program: neither limited nor delayed, and no token is needed.
async fn log(State(shell): State<Shell>) -> Answer {
    let summary = shell.locked(|tenant| tenant.summary());
    to_http(Response::json(200, &summary), wall_clock())
}

async fn not_found(State(shell): State<Shell>) -> Answer {
    let refuse = |tenant: &mut Tenant, _| {
        let target = tenant.correlation_id();
        Response::error(404, "NotFound", "No HTTP resource was found", &target)
    };
    shell.answer(refuse).await
}
