//! The HTTP shell on loopback: routes, the clock, the time that a network takes, and its faults.
//!
//! Called by `cli` for `--simulate` and `simulator`, and by tests. Each request goes through
//! `Caller::answer`; what goes wrong on a wire goes wrong there. Deliberately absent: any decision
//! about a request, which the tenant makes, and about a fault, which the plan makes.

use std::collections::HashMap;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Form, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::domain::{LimitGroup, MachineId, Timestamp};

use super::acceptor::{Acceptor, Line, Manner};
use super::answer::{Response, http_date};
use super::draw::Draw;
use super::fault::{FaultPlan, PlannedCall, Played, Route, Scene};
use super::identity::{IdentityQuery, IdentityShape};
use super::listing::ListQuery;
use super::oauth::TokenForm;
use super::tenant::SimulatedTenant;

/// Longest that a client without an answer is kept on the line; none waits as long.
const SILENCE_MAX: Duration = Duration::from_mins(10);

/// Longest that the end waits for answers beyond the latency: a silent one never comes.
const GRACE: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, PartialEq)]
pub struct ShellOptions {
    /// How long a request takes, beside the work: half before it arrives, half after. An empty
    /// range takes its start.
    pub latency: Range<Duration>,
    /// With which latencies are drawn.
    pub seed: u64,
    /// What goes wrong; paths below `/simulator` meet nothing of it.
    pub faults: FaultPlan,
}

impl Default for ShellOptions {
    /// As fast as loopback is, and nothing goes wrong.
    fn default() -> Self {
        let faults = FaultPlan::new(1, Vec::new());
        Self { latency: Duration::ZERO..Duration::ZERO, seed: 1, faults }
    }
}

#[derive(Clone)]
struct Shell {
    tenant: Arc<Mutex<SimulatedTenant>>,
    options: Arc<ShellOptions>,
    faults: Arc<Mutex<FaultPlan>>,
    requests: Arc<AtomicU64>,
}

/// A request's way back: the shell, and the line that it came over.
struct Caller {
    shell: Shell,
    line: Line,
}

/// Serves the tenant until `shutdown` resolves; requests that arrived by then are answered.
/// The tenant may be looked at in the meantime: it is locked only while it answers.
///
/// # Errors
/// When the listener has no address; a connection's own errors end only that connection.
pub async fn serve(
    listener: TcpListener,
    tenant: Arc<Mutex<SimulatedTenant>>,
    options: ShellOptions,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let grace = options.latency.end + GRACE;
    let faults = Arc::new(Mutex::new(options.faults.clone()));
    let shell = Shell { tenant, options: Arc::new(options), faults, requests: Arc::default() };
    let api_url = format!("http://{}", listener.local_addr()?);
    shell.locked(|tenant| tenant.set_api_url(api_url));
    let (ending, ended) = oneshot::channel::<()>();
    let shutdown = async {
        shutdown.await;
        drop(ending);
    };
    let service = routes(shell).into_make_service_with_connect_info::<Line>();
    let served = axum::serve(Acceptor(listener), service).with_graceful_shutdown(shutdown);
    let patience = async {
        // The sender is dropped with the sign to end.
        drop(ended.await);
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        served = served => served,
        () = patience => Ok(()),
    }
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
        .route("/{tenant}/oauth2/v2.0/devicecode", post(device))
        .route("/msi/token", get(app_service))
        .route("/metadata/identity/oauth2/token", get(metadata))
        .nest("/api", api.clone())
        .nest("/api/v1.0", api)
        .route("/simulator/log", get(log))
        .route("/simulator/actions", get(made))
        .fallback(not_found)
        .with_state(shell)
}

impl Shell {
    fn locked<T>(&self, look: impl FnOnce(&mut SimulatedTenant) -> T) -> T {
        look(&mut self.tenant.lock().expect("no call of the tenant panics"))
    }

    /// The call is made, or kept, as the plan says.
    fn play<C>(&self, request: PlannedCall, now: Timestamp, number: u64, call: C) -> Played
    where
        C: FnOnce(&mut SimulatedTenant, Timestamp) -> Response + Send + 'static,
    {
        let fault = self.faults.lock().expect("no plan panics").meet(request);
        let Some(fault) = fault else {
            return Played::Whole(self.locked(|tenant| call(tenant, now)));
        };
        let mut call = Some(call);
        let scene = Scene { now, elsewhere: &self.options.faults.elsewhere };
        let played = fault.play(scene, || {
            let call = call.take().expect("a call is made once");
            self.locked(|tenant| call(tenant, now))
        });
        if let Some(call) = call {
            if let Some(group) = group_of(request.route) {
                self.locked(|tenant| tenant.keep(now, group, request.machine));
            }
            if played == Played::Late {
                tokio::spawn(self.clone().make_late(number, call));
            }
        }
        played
    }

    async fn make_late<C>(self, number: u64, call: C)
    where
        C: FnOnce(&mut SimulatedTenant, Timestamp) -> Response + Send,
    {
        let FaultPlan { seed, late_max, .. } = &self.options.faults;
        let share = Draw::new(*seed, "late", &number.to_le_bytes()).share();
        tokio::time::sleep(late_max.mul_f64(share)).await;
        let answered = |tenant: &mut SimulatedTenant| drop(call(tenant, wall_clock()));
        self.locked(|tenant| tenant.make_late(answered));
    }

    /// Half of the latency of the request of this number.
    fn delay(&self, number: u64) -> Duration {
        let Range { start, end } = self.options.latency;
        let mut draw = Draw::new(self.options.seed, "latency", &number.to_le_bytes());
        (start + end.saturating_sub(start).mul_f64(draw.share())) / 2
    }
}

impl Caller {
    /// One request, from its arrival to its answer. A client that is gone before the first half of
    /// the latency is over was never heard; one that goes later had its effect.
    async fn answer<C>(self, request: PlannedCall, call: C) -> Answer
    where
        C: FnOnce(&mut SimulatedTenant, Timestamp) -> Response + Send + 'static,
    {
        let Self { shell, line } = self;
        let number = shell.requests.fetch_add(1, Ordering::Relaxed);
        let delay = shell.delay(number);
        pause(delay).await;
        let played = shell.play(request, wall_clock(), number, call);
        pause(delay).await;
        let (manner, response) = match played {
            Played::Whole(response) => (Manner::Whole, response),
            Played::Dripped(response) => (Manner::Drip, response),
            Played::Cut(response) => (Manner::Cut(response.body.len() / 2), response),
            // Nothing of this answer goes out.
            Played::Reset | Played::Late => (Manner::Reset, nothing()),
            Played::Silence => {
                tokio::time::sleep(SILENCE_MAX).await;
                (Manner::Reset, nothing())
            }
        };
        line.set(manner);
        to_http(response, wall_clock())
    }
}

impl FromRequestParts<Shell> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shell: &Shell) -> Result<Self, Infallible> {
        let line = parts.extensions.get::<ConnectInfo<Line>>();
        let line = line.map(|ConnectInfo(line)| line.clone()).unwrap_or_default();
        Ok(Self { shell: shell.clone(), line })
    }
}

/// What stands for an answer that nobody gets.
fn nothing() -> Response {
    Response { status: 500, headers: Vec::new(), body: Vec::new() }
}

/// Whose budget a request of this route spends.
const fn group_of(route: Route) -> Option<LimitGroup> {
    match route {
        Route::SignIn => None,
        Route::Offboard => Some(LimitGroup::Posts),
        Route::Actions | Route::Machines => Some(LimitGroup::Reads),
        Route::Cancel => Some(LimitGroup::Cancels),
    }
}

const fn about(route: Route) -> PlannedCall {
    PlannedCall { route, machine: None }
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

type Fields = Form<HashMap<String, String>>;

fn token_form(mut fields: HashMap<String, String>) -> TokenForm {
    let mut take = |name| fields.remove(name).unwrap_or_default();
    TokenForm {
        grant_type: take("grant_type"),
        client_id: take("client_id"),
        client_secret: take("client_secret"),
        scope: take("scope"),
        client_assertion: take("client_assertion"),
        device_code: take("device_code"),
        refresh_token: take("refresh_token"),
    }
}

async fn token(caller: Caller, Path(tenant_id): Path<String>, Form(fields): Fields) -> Answer {
    let form = token_form(fields);
    let call = move |tenant: &mut SimulatedTenant, now| tenant.sign_in(now, &tenant_id, &form);
    caller.answer(about(Route::SignIn), call).await
}

async fn device(caller: Caller, Path(tenant_id): Path<String>, Form(fields): Fields) -> Answer {
    let form = token_form(fields);
    let call =
        move |tenant: &mut SimulatedTenant, now| tenant.open_device_code(now, &tenant_id, &form);
    caller.answer(about(Route::SignIn), call).await
}

type Asked = Query<HashMap<String, String>>;

async fn app_service(caller: Caller, Query(query): Asked, headers: HeaderMap) -> Answer {
    identity(caller, IdentityShape::AppService, query, headers.get("x-identity-header")).await
}

async fn metadata(caller: Caller, Query(query): Asked, headers: HeaderMap) -> Answer {
    identity(caller, IdentityShape::Metadata, query, headers.get("metadata")).await
}

async fn identity(
    caller: Caller,
    shape: IdentityShape,
    mut query: HashMap<String, String>,
    header: Option<&header::HeaderValue>,
) -> Answer {
    let query = IdentityQuery {
        api_version: query.remove("api-version").unwrap_or_default(),
        resource: query.remove("resource").unwrap_or_default(),
        client_id: query.remove("client_id"),
        header: header.and_then(|value| value.to_str().ok()).map(str::to_owned),
    };
    let call = move |tenant: &mut SimulatedTenant, now| tenant.identity_token(now, shape, &query);
    caller.answer(about(Route::SignIn), call).await
}

async fn offboard(
    caller: Caller,
    Path(machine): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let request = PlannedCall { route: Route::Offboard, machine: MachineId::parse(&machine).ok() };
    let call = move |tenant: &mut SimulatedTenant, now| {
        tenant.offboard(now, authorization(&headers), &machine, &body)
    };
    caller.answer(request, call).await
}

async fn list_actions(
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let query = list_query(query);
    let call = move |tenant: &mut SimulatedTenant, now| {
        tenant.actions(now, authorization(&headers), &query)
    };
    caller.answer(about(Route::Actions), call).await
}

async fn get_action(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let call =
        move |tenant: &mut SimulatedTenant, now| tenant.action(now, authorization(&headers), &id);
    caller.answer(about(Route::Actions), call).await
}

async fn cancel(caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let call = move |tenant: &mut SimulatedTenant, now| {
        tenant.cancel(now, authorization(&headers), &id, &body)
    };
    caller.answer(about(Route::Cancel), call).await
}

async fn list_machines(
    caller: Caller,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let query = list_query(query);
    let call = move |tenant: &mut SimulatedTenant, now| {
        tenant.machines(now, authorization(&headers), &query)
    };
    caller.answer(about(Route::Machines), call).await
}

async fn get_machine(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Answer {
    let machine = MachineId::parse(&id).ok();
    let call =
        move |tenant: &mut SimulatedTenant, now| tenant.machine(now, authorization(&headers), &id);
    caller.answer(PlannedCall { route: Route::Machines, machine }, call).await
}

/// The truth for tests of the whole program: neither limited nor delayed, and no token is needed.
async fn log(State(shell): State<Shell>, caller: Caller) -> Answer {
    caller.line.set(Manner::Whole);
    let summary = shell.locked(|tenant| tenant.summary());
    to_http(Response::json(200, &summary), wall_clock())
}

/// The same for the actions.
async fn made(State(shell): State<Shell>, caller: Caller) -> Answer {
    caller.line.set(Manner::Whole);
    let made = shell.locked(|tenant| tenant.made());
    to_http(Response::json(200, &made), wall_clock())
}

async fn not_found(State(shell): State<Shell>, caller: Caller) -> Answer {
    caller.line.set(Manner::Whole);
    let target = shell.locked(SimulatedTenant::correlation_id);
    let refusal = Response::error(404, "NotFound", "No HTTP resource was found", &target);
    to_http(refusal, wall_clock())
}
