//! The server: a port of the loopback, and who answers what.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;

use crate::domain::BatchId;
use crate::journal::MachineQuery;
use crate::report::{LIVE_SCRIPT, STYLE_SHEET, TABLE_SCRIPT, TABLE_STYLE, machine_query};

use super::DashboardError;
use super::context::{DashboardOptions, PageContext};
use super::http::{
    Admitted, BoundedListener, FrontDoor, LaunchKey, PageToken, Visitor, empty, guarded, html_page,
    script, see_other, style_sheet,
};
use super::live::{KnownLook, Watcher, events};
use super::page_path::PagePath;
use super::pages::{batch_page, batches_page, machine_rows, story_page, trouble_page};
use super::subject::Subject;

/// How often a page that is open hears something, so that a connection that is dead is noticed.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Whether a browser is going to be started with an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launch {
    ByHand,
    InBrowser,
}

/// A dashboard that listens.
#[derive(Debug)]
pub struct Dashboard {
    listener: TcpListener,
    address: SocketAddr,
    launch_path: Option<String>,
    desk: Arc<Desk>,
}

/// What all requests are answered from.
#[derive(Debug)]
struct Desk {
    gate: FrontDoor,
    context: Arc<PageContext>,
    watcher: Arc<Watcher>,
}

impl Dashboard {
    /// Begins to listen on a port of 127.0.0.1; 0 is any free one.
    ///
    /// # Errors
    /// Where the port is taken, or the system has no randomness.
    pub async fn listen(
        options: DashboardOptions,
        port: u16,
        launch: Launch,
    ) -> Result<Self, DashboardError> {
        let failed = |source| DashboardError::Port { port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let key = match launch {
            Launch::ByHand => None,
            Launch::InBrowser => Some(LaunchKey::random()?),
        };
        let launch_path = key.as_ref().map(LaunchKey::path);
        let gate = FrontDoor::new(PageToken::random()?, key, address);
        let context = Arc::new(PageContext::new(options));
        let watcher = Arc::new(Watcher::new(Arc::clone(&context)));
        Ok(Self { listener, address, launch_path, desk: Arc::new(Desk { gate, context, watcher }) })
    }

    /// The address that leads to the pages. Who has it may read.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.address, self.desk.gate.home())
    }

    /// The address for the browser that is started; it leads to the pages once.
    pub fn launch_url(&self) -> Option<String> {
        self.launch_path.as_ref().map(|path| format!("http://{}{path}", self.address))
    }

    /// Serves until it is dropped.
    ///
    /// # Errors
    /// Where the port cannot be listened on any longer.
    pub async fn serve(self) -> Result<(), DashboardError> {
        let watcher = Arc::clone(&self.desk.watcher);
        let service = Router::new().fallback(answer).with_state(self.desk);
        let service = service.into_make_service_with_connect_info::<Visitor>();
        let serving = axum::serve(BoundedListener::new(self.listener), service);
        tokio::select! {
            served = async { serving.await } => served.map_err(DashboardError::Serve),
            () = watcher.watch() => Ok(()),
        }
    }
}

async fn answer(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(visitor): ConnectInfo<Visitor>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    guarded(match desk.gate.admit(&parts) {
        Err(status) => empty(status),
        Ok(Admitted::Launch(path)) => see_other(&path),
        Ok(Admitted::Page(path)) => {
            visitor.welcome();
            match PagePath::of(&path) {
                Some(route) => desk.page(route, &parts.method, &parts.uri, &parts.headers).await,
                None => empty(StatusCode::NOT_FOUND),
            }
        }
    })
}

impl Desk {
    async fn page(
        &self,
        route: PagePath,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Response {
        let context = Arc::clone(&self.context);
        let root = route.to_root();
        match route {
            PagePath::StyleSheet => style_sheet([STYLE_SHEET, TABLE_STYLE].concat()),
            PagePath::LiveScript => script(LIVE_SCRIPT),
            PagePath::TableScript => script(TABLE_SCRIPT),
            // Its head says all; the stream has no end.
            PagePath::Events(_) if method == Method::HEAD => html_page(String::new()),
            PagePath::Events(subject) => self.events(subject, &fields(uri), headers),
            PagePath::Page(subject) => {
                let query = queried(uri);
                made(&root, move || Ok(Some(batch_page(&context, subject, &query)))).await
            }
            PagePath::Machines(subject) => {
                let query = queried(uri);
                made(&root, move || machine_rows(&context, subject, &query)).await
            }
            PagePath::Story(subject, machine) => {
                made(&root, move || story_page(&context, subject, machine)).await
            }
            PagePath::Batches => made(&root, move || batches_page(&context).map(Some)).await,
        }
    }

    fn events(
        &self,
        subject: Subject,
        fields: &[(String, String)],
        headers: &HeaderMap,
    ) -> Response {
        let field = |wanted: &str| {
            fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
        };
        let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let known = KnownLook {
            version: last.map(str::to_owned).or_else(|| field("version")),
            batch: field("batch").and_then(|number| BatchId::parse(&number).ok()),
        };
        let stream = events(self.watcher.follow(subject), known);
        let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("still here");
        Sse::new(stream).keep_alive(heartbeat).into_response()
    }
}

/// Makes a page on a thread where reading may take its time.
async fn made(
    root: &str,
    make: impl FnOnce() -> Result<Option<String>, DashboardError> + Send + 'static,
) -> Response {
    match tokio::task::spawn_blocking(make).await {
        Ok(Ok(Some(text))) => html_page(text),
        Ok(Ok(None)) => empty(StatusCode::NOT_FOUND),
        Ok(Err(error)) => {
            tracing::warn!(target: "mde_offboard::program", %error, "a page cannot be made");
            let mut response = html_page(trouble_page(root, &error));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn fields(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri).map(|Query(fields)| fields).unwrap_or_default()
}

fn queried(uri: &Uri) -> MachineQuery {
    let fields = fields(uri);
    machine_query(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}
