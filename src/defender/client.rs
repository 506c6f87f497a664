//! The client: one method of the port, one request.
//!
//! Deliberately absent: judging answers (`classify`), retries, limits.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, Url};
use secrecy::{ExposeSecret, SecretString};

use super::ApiUrl;
use super::auth::{Identity, SignInError, TokenHolder};
use super::classify;
use super::credentials::credential;
use super::folded::decoded_text as decoded;
use super::log_words::{LoggedAnswer, log_reading};
use super::network::{Bodies, Connection, NetworkRoute};
use super::secrets::Secrets;
use super::settings::{DefenderError, Settings};
use super::wire::CommentBody;
use crate::defender::http_outcome::HttpOutcome;
use crate::domain::{
    Action, ActionId, ActionScope, Answer, Detail, InventoryMachine, MachineId, Page, ReadAnswer,
    Reply, Timestamp, Trouble,
};
use crate::remote::Remote;

/// Rows of a full page: the most that Defender sends ("List machine actions API").
const PAGE_ROWS: usize = 10_000;

/// Largest answer about one action. Real ones have about a kilobyte.
const ACTION_BYTES_MAX: usize = 1 << 20;

/// Largest page of a list. A full page of machines has about 20 MB.
const LIST_BYTES_MAX: usize = 64 << 20;

#[derive(Clone)]
pub struct Defender {
    inner: Arc<Inner>,
}

struct Inner {
    api: ApiUrl,
    connection: Connection,
    tokens: TokenHolder,
    secrets: Secrets,
}

impl fmt::Debug for Defender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defender").field("api", &self.inner.api).finish_non_exhaustive()
    }
}

impl Defender {
    /// Sets up the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`DefenderError`] where the settings do not fit together or cannot be read.
    pub fn new(settings: Settings) -> Result<Self, DefenderError> {
        let route = |is_loopback, bodies| NetworkRoute {
            timeout: settings.timeout,
            is_loopback,
            proxy: settings.proxy.as_deref(),
            ca_file: settings.ca_file.as_deref(),
            bodies,
            clock: &settings.clock,
        };
        let secrets = Secrets::default();
        if let Some(proxy) = settings.proxy.as_deref() {
            keep_password(proxy, &secrets);
        }
        let connection =
            Connection::new(route(settings.api.is_loopback(), Bodies::Data), &secrets)?;
        let route = route(settings.authority.is_loopback(), Bodies::Secret);
        let sign_in = Connection::new(route, &secrets)?;
        let credential = credential(&settings, sign_in, &secrets)?;
        let tokens = TokenHolder::new(credential, settings.clock);
        Ok(Self { inner: Arc::new(Inner { api: settings.api, connection, tokens, secrets }) })
    }

    /// Keeps the password of a proxy that the system's settings name: what a server says is
    /// searched for it, like for that of [`Settings::proxy`]. Many addresses have none.
    pub fn keep_password_of(&self, proxy: &str) {
        keep_password(proxy, &self.inner.secrets);
    }

    /// Signs in now: proves the credential, and tells who we are and what the token may do.
    ///
    /// # Errors
    /// [`SignInError`] where no token could be had.
    pub async fn sign_in(&self) -> Result<Identity, SignInError> {
        Ok(self.inner.tokens.sign_in().await?.fit(&self.inner.secrets))
    }
}

impl Inner {
    /// One request with a token. The token may take a request to the authority first.
    async fn ask(&self, request: RequestBuilder, bytes_max: usize) -> Result<HttpOutcome, Trouble> {
        let token = self.tokens.token().await?;
        let header = bearer(&token.secret).ok_or_else(unusable_token)?;
        let request = request.header(AUTHORIZATION, header).header(ACCEPT, "application/json");
        let seen = self.connection.send(request, bytes_max).await;
        if seen.status() == Some(401) {
            self.tokens.forget(&token);
        }
        Ok(seen)
    }

    async fn post(&self, path: &str, comment: &str) -> Result<HttpOutcome, Trouble> {
        let request = self.connection.post(self.api.join(path)).json(&CommentBody { comment });
        self.ask(request, ACTION_BYTES_MAX).await
    }

    async fn page(&self, url: Url) -> Result<HttpOutcome, Trouble> {
        self.ask(self.connection.get(url), LIST_BYTES_MAX).await
    }

    async fn entity(&self, path: &str) -> Result<HttpOutcome, Trouble> {
        self.ask(self.connection.get(self.api.join(path)), ACTION_BYTES_MAX).await
    }

    /// A list of one row.
    fn one_of(&self, path: &str) -> Url {
        let mut url = self.api.join(path);
        url.set_query(Some("$top=1"));
        url
    }

    fn list(&self, path: &str, filter: &str, skip: usize) -> Url {
        let mut url = self.api.join(path);
        let ask = if filter.is_empty() { String::new() } else { format!("$filter={filter}&") };
        url.set_query(Some(&format!("{ask}$top={PAGE_ROWS}&$skip={skip}")));
        url
    }
}

/// The header; none where the token has characters that a header may not have.
fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).ok()?;
    header.set_sensitive(true);
    Some(header)
}

/// The password of a proxy's address, as it is and as a header carries it.
///
/// The scheme may be left out: the HTTP client then takes `http`. Read as an address, what stands
/// before the first colon would be the scheme, and the password part of a path.
fn keep_password(proxy: &str, secrets: &Secrets) {
    let has_password = |url: &Url| url.password().is_some();
    let given = Url::parse(proxy).ok().filter(has_password);
    let with_scheme = || Url::parse(&format!("http://{proxy}")).ok().filter(has_password);
    let Some(url) = given.or_else(with_scheme) else { return };
    let Some(password) = url.password() else { return };
    secrets.keep(password);
    let plain = format!("{}:{}", decoded(url.username()), decoded(password));
    secrets.keep(&STANDARD.encode(plain));
}

fn unusable_token() -> Trouble {
    let words = "the sign-in server gave a token that cannot be sent";
    Trouble::SignIn(Detail::new(None, Some("unreadable_body"), words))
}

/// What an answer says; `about` names in the log what was asked for.
fn reply<T: LoggedAnswer>(
    seen: Result<HttpOutcome, Trouble>,
    about: fmt::Arguments<'_>,
    judge: impl FnOnce(Result<&HttpOutcome, Trouble>) -> T,
) -> Reply<T> {
    let (heard, server_date) = match &seen {
        Ok(seen) => (seen.status().is_some(), seen.server_date()),
        Err(_) => (false, None),
    };
    let what = match seen {
        Ok(seen) => judge(Ok(&seen)),
        Err(trouble) => judge(Err(trouble)),
    };
    log_reading(&what, about);
    Reply { what, heard, server_date }
}

impl Remote for Defender {
    fn submit(
        &self,
        machine: MachineId,
        comment: String,
    ) -> impl Future<Output = Reply<Answer>> + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            let seen = inner.post(&format!("/api/machines/{machine}/offboard"), &comment).await;
            reply(seen, format_args!("offboard {machine}"), |seen| match seen {
                Ok(seen) => classify::submit(seen, machine, &comment),
                Err(trouble) => Answer::Trouble(trouble),
            })
        }
    }

    fn find(
        &self,
        machine: MachineId,
        scope: ActionScope,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static {
        let kind = match scope {
            ActionScope::Offboard => " and type eq 'Offboard'",
            ActionScope::Every => "",
        };
        self.actions_page(&format!("machineId eq '{machine}'{kind}"), skip)
    }

    fn actions(
        &self,
        since: Timestamp,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + 'static {
        let filter = format!("type eq 'Offboard' and creationDateTimeUtc ge {since}");
        self.actions_page(&filter, skip)
    }

    fn cancel(
        &self,
        action: ActionId,
        comment: String,
    ) -> impl Future<Output = Reply<ReadAnswer<Action>>> + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            let seen = inner.post(&format!("/api/machineactions/{action}/cancel"), &comment).await;
            reply(seen, format_args!("cancel of action {action}"), |seen| match seen {
                Ok(seen) => classify::cancelled(seen, &action),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }

    fn machines(
        &self,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<InventoryMachine>>>> + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            let seen = inner.page(inner.list("/api/machines", "", skip)).await;
            reply(seen, format_args!("machines from {skip} on"), |seen| match seen {
                Ok(seen) => classify::machines(seen),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }

    fn machine(
        &self,
        id: MachineId,
    ) -> impl Future<Output = Reply<ReadAnswer<Option<InventoryMachine>>>> + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            let seen = inner.entity(&format!("/api/machines/{id}")).await;
            reply(seen, format_args!("machine {id}"), |seen| match seen {
                Ok(seen) => classify::machine(seen, id),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }

    fn page_rows(&self) -> usize {
        PAGE_ROWS
    }
}

/// What `check` asks: whether the API is there, and whether it lets itself be read.
impl Defender {
    /// One request without a token, so that only the way there is tried. It asks for the base
    /// address, which is no call of the API, and so counts against no limit.
    pub fn reach(&self) -> impl Future<Output = Reply<ReadAnswer<()>>> + use<> {
        let inner = Arc::clone(&self.inner);
        async move {
            let request = inner.connection.get(inner.api.join("/"));
            let seen = inner.connection.send(request, ACTION_BYTES_MAX).await;
            reply(Ok(seen), format_args!("the API"), |seen| match seen {
                Ok(seen) => classify::reached(seen),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }

    /// The proxy before the API, host and port; none: it is asked directly.
    pub fn proxy(&self) -> Option<String> {
        self.inner.connection.proxy_before(&self.inner.api.join("/"))
    }

    /// What would find a proxy before the API by itself, in words, and is not run here.
    pub fn automatic_proxy(&self) -> Option<String> {
        self.inner.connection.automatic_proxy(&self.inner.api.join("/"))
    }

    /// Whether the inventory has a machine.
    pub fn any_machine(&self) -> impl Future<Output = Reply<ReadAnswer<bool>>> + use<> {
        let inner = Arc::clone(&self.inner);
        async move {
            let seen = inner.page(inner.one_of("/api/machines")).await;
            reply(seen, format_args!("any machine"), |seen| match seen {
                Ok(seen) => has_rows(classify::machines(seen)),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }

    /// Whether there is an action of anybody's.
    pub fn any_action(&self) -> impl Future<Output = Reply<ReadAnswer<bool>>> + use<> {
        let inner = Arc::clone(&self.inner);
        async move {
            let seen = inner.page(inner.one_of("/api/machineactions")).await;
            reply(seen, format_args!("any action"), |seen| match seen {
                Ok(seen) => has_rows(classify::actions(seen)),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }
}

fn has_rows<T>(answer: ReadAnswer<Page<T>>) -> ReadAnswer<bool> {
    match answer {
        ReadAnswer::Read(page) => ReadAnswer::Read(page.rows > 0),
        ReadAnswer::Refused(detail) => ReadAnswer::Refused(detail),
        ReadAnswer::Trouble(trouble) => ReadAnswer::Trouble(trouble),
    }
}

impl Defender {
    fn actions_page(
        &self,
        filter: &str,
        skip: usize,
    ) -> impl Future<Output = Reply<ReadAnswer<Page<Action>>>> + use<> {
        let inner = Arc::clone(&self.inner);
        let url = inner.list("/api/machineactions", filter, skip);
        async move {
            let seen = inner.page(url).await;
            reply(seen, format_args!("actions from {skip} on"), |seen| match seen {
                Ok(seen) => classify::actions(seen),
                Err(trouble) => ReadAnswer::Trouble(trouble),
            })
        }
    }
}
