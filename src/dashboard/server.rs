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
use crate::report::{
    LIVE_SCRIPT, STYLE_SHEET, TABLE_SCRIPT, TABLE_STYLE, TENANTS_STYLE, machine_query,
};

use super::DashboardError;
use super::context::PageContext;
use super::http::{
    Admitted, BoundedListener, FrontDoor, LaunchKey, PageToken, Visitor, empty, guarded, html_page,
    script, see_other, style_sheet,
};
use super::live::{KnownLook, Topic, Watcher, events};
use super::options::DashboardOptions;
use super::page_path::{Asset, PagePath, SitePath, SiteRoot};
use super::pages::{batch_page, batches_page, machine_rows, overview, story_page, trouble_page};
use super::site::ServedSite;

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
    site: Arc<ServedSite>,
    watcher: Arc<Watcher>,
}

/// What is asked for, beside the path.
struct Asked {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
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
        let site = Arc::new(ServedSite::new(options));
        let watcher = Arc::new(Watcher::new(Arc::clone(&site)));
        Ok(Self { listener, address, launch_path, desk: Arc::new(Desk { gate, site, watcher }) })
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
        let service = Router::new().fallback(answer).with_state(self.desk);
        let service = service.into_make_service_with_connect_info::<Visitor>();
        axum::serve(BoundedListener::new(self.listener), service)
            .await
            .map_err(DashboardError::Serve)
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
            let asked = Asked { method: parts.method, uri: parts.uri, headers: parts.headers };
            desk.answer(&path, &asked).await
        }
    })
}

impl Desk {
    async fn answer(&self, path: &str, asked: &Asked) -> Response {
        let root =
            if self.site.several().is_some() { SiteRoot::Overview } else { SiteRoot::OneJournal };
        match SitePath::of(path, root) {
            None => empty(StatusCode::NOT_FOUND),
            Some(SitePath::Asset(Asset::StyleSheet)) => {
                style_sheet([STYLE_SHEET, TABLE_STYLE, TENANTS_STYLE].concat())
            }
            Some(SitePath::Asset(Asset::LiveScript)) => script(LIVE_SCRIPT),
            Some(SitePath::Asset(Asset::TableScript)) => script(TABLE_SCRIPT),
            Some(SitePath::Overview) => self.overview().await,
            Some(SitePath::OverviewEvents) => self.events(Topic::Overview, asked),
            Some(SitePath::Journal(number, page)) => self.page((number, page), asked).await,
        }
    }

    async fn overview(&self) -> Response {
        let site = Arc::clone(&self.site);
        let made = tokio::task::spawn_blocking(move || {
            site.several().map(|journals| overview(&**journals, site.options()))
        });
        match made.await {
            Ok(Some(page)) => html_page(page),
            Ok(None) => empty(StatusCode::NOT_FOUND),
            Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    async fn page(&self, (number, page): (usize, PagePath), asked: &Asked) -> Response {
        let Some(context) = self.site.journal(number) else { return empty(StatusCode::NOT_FOUND) };
        let query = queried(&asked.uri);
        let of = (context, page.to_journal());
        match page {
            PagePath::Events(subject) => self.events(Topic::Batch(number, subject), asked),
            PagePath::Page(subject) => {
                made(of, move |context| Ok(Some(batch_page(context, subject, &query)))).await
            }
            PagePath::Machines(subject) => {
                made(of, move |context| machine_rows(context, subject, &query)).await
            }
            PagePath::Story(subject, machine) => {
                made(of, move |context| story_page(context, subject, machine)).await
            }
            PagePath::Batches => made(of, |context| batches_page(context).map(Some)).await,
        }
    }

    fn events(&self, topic: Topic, asked: &Asked) -> Response {
        // Its head says all; the stream has no end.
        if asked.method == Method::HEAD {
            return html_page(String::new());
        }
        let fields = fields(&asked.uri);
        let field = |wanted: &str| {
            fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
        };
        let last = asked.headers.get("last-event-id").and_then(|id| id.to_str().ok());
        let known = KnownLook {
            version: last.map(str::to_owned).or_else(|| field("version")),
            batch: field("batch").and_then(|number| BatchId::parse(&number).ok()),
        };
        let stream = events(self.watcher.follow(topic), known);
        let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("still here");
        Sse::new(stream).keep_alive(heartbeat).into_response()
    }
}

/// Makes a page on a thread where reading may take its time.
async fn made(
    (context, to_journal): (Arc<PageContext>, String),
    make: impl FnOnce(&PageContext) -> Result<Option<String>, DashboardError> + Send + 'static,
) -> Response {
    let of = Arc::clone(&context);
    match tokio::task::spawn_blocking(move || make(&of)).await {
        Ok(Ok(Some(text))) => html_page(text),
        Ok(Ok(None)) => empty(StatusCode::NOT_FOUND),
        Ok(Err(error)) => {
            tracing::warn!(target: "mde_offboard::program", %error, "a page cannot be made");
            let mut response = html_page(trouble_page(&context, &to_journal, &error));
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
