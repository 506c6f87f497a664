//! What a tenant is made with.
//!
//! Filled in by `cli` and by tests. Deliberately absent: machines, which are added afterwards.

use std::time::Duration;

use crate::domain::Window;

/// What a tenant is made with. Not printable: the client secret, made up as it is, is one.
#[derive(Clone)]
pub struct TenantOptions {
    /// Everything is drawn with this.
    pub seed: u64,
    /// The windows of each limit group.
    pub limits: Vec<Window>,
    pub counting: Counting,
    /// The tenant's ID, which stands in the path of the token endpoint.
    pub tenant_id: String,
    pub client_id: String,
    pub client_secret: String,
    /// Application permissions that its tokens carry; empty: tokens without a `roles` claim.
    pub roles: Vec<String>,
    pub token_lifetime: Duration,
    /// The certificate that is registered for the app, as DER.
    pub certificate: Option<Vec<u8>>,
    /// What `X-IDENTITY-HEADER` has to be.
    pub identity_header: String,
    /// Delegated permissions that the token of a person carries.
    pub scopes: Vec<String>,
    /// What the person does who has to enter a device code.
    pub device_person: DevicePerson,
    /// How long a client waits between two questions about a device code, in whole seconds.
    pub device_interval: Duration,
    /// How much faster than in life actions run; above 0, 1.0 is life.
    pub speed: f64,
    /// Share (0 to 1) of the normal machines whose action never ends: they are switched off.
    pub stay_pending_share: f64,
    /// Share (0 to 1) of the normal machines whose action fails.
    pub fail_share: f64,
    /// Share (0 to 1) of the normal machines that do not connect in time.
    pub time_out_share: f64,
    /// Most rows of a list page, and the largest `$top`: 10,000 at Defender.
    pub page_rows: usize,
    pub counting_answer: RetryAfter,
    pub unlisted: Unlisted,
    /// How long an action is missing from the list of actions at most; each has a lag of its own.
    pub list_lag: Duration,
    pub already_active: AlreadyActive,
    /// Share (0 to 1) of the normal machines that a policy onboards again after their offboarding.
    pub return_share: f64,
    /// How long, in life, after its action's end a machine that is onboarded again reports.
    pub returns_after: Duration,
    pub afterwards: AfterOffboarding,
    pub shifting: Shifting,
}

/// The client secret of the simulated app. Nothing else looks like it or like half of it, so that a
/// search finds where it was written that it must not be.
pub const CLIENT_SECRET: &str = "simulated.Zq8~kW3vR_mXt91LpYs0b";

/// The end of each token that the simulator gives, in Base64, for the same search.
pub const TOKEN_END: &str = "c2ltdWxhdGVkLjlCMWQ1RTdmM0E4YzJENmUw";

impl Default for TenantOptions {
    /// Defender's documented limits, one app with both permissions, every action succeeds.
    fn default() -> Self {
        Self {
            seed: 1,
            limits: Window::DEFENDER.to_vec(),
            counting: Counting::Sliding,
            tenant_id: "5e1f0000-0000-4000-8000-000000000001".to_owned(),
            client_id: "5e1f0000-0000-4000-8000-0000000000c1".to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            roles: vec!["Machine.Offboard".to_owned(), "Machine.Read.All".to_owned()],
            token_lifetime: Duration::from_secs(3_599),
            certificate: None,
            identity_header: "simulated-identity-header".to_owned(),
            scopes: vec!["Machine.Offboard".to_owned(), "Machine.Read".to_owned()],
            device_person: DevicePerson::SignsInAfter(1),
            device_interval: Duration::from_secs(1),
            speed: 1.0,
            stay_pending_share: 0.0,
            fail_share: 0.0,
            time_out_share: 0.0,
            page_rows: 10_000,
            counting_answer: RetryAfter::Seconds,
            unlisted: Unlisted::Unknown,
            list_lag: Duration::ZERO,
            already_active: AlreadyActive::Refused,
            return_share: 0.0,
            returns_after: Duration::from_hours(30),
            afterwards: AfterOffboarding::StaysOnboarded,
            shifting: Shifting::Never,
        }
    }
}

/// How the windows are counted: which of them Defender uses is not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Every half-open span of the window's length is a window.
    Sliding,
    /// Windows begin at whole multiples of their length since 1970.
    Fixed,
}

/// How a 429 says when to come again. The message in the body always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// `Retry-After: 8`.
    Seconds,
    /// `Retry-After: Mon, 23 Nov 2026 08:15:30 GMT`.
    Date,
    None,
}

/// What is known of machines that were never added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// Nothing: 404.
    Unknown,
    /// They are made from their ID when first asked for, so that any list can be rehearsed.
    Made,
}

/// What a request meets whose machine has an action that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlreadyActive {
    /// 400 `ActiveRequestAlreadyExists`, as documented.
    Refused,
    /// Another action: nothing but the caller's own care keeps a machine from two.
    AcceptedAgain,
}

/// What `onboardingStatus` says of a machine that was offboarded: both have been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterOffboarding {
    StaysOnboarded,
    CanBeOnboarded,
}

/// How often a row of the inventory moves from one page to another while the list is read: one row
/// is then on two pages, and another on none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shifting {
    Never,
    /// In the first reading alone.
    Once,
    /// In every reading.
    Always,
}

/// What a person does with a device code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DevicePerson {
    /// Signs in once the client has asked this often.
    SignsInAfter(u32),
    Declines,
    Never,
}
