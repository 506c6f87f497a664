//! What every topic needs: a tenant with a few machines, a token, and answers as JSON.

use std::time::Duration;

use mde_offboard::domain::{MachineId, Timestamp, Window};
use mde_offboard::simulator::{
    Behaviour, ListQuery, Response, SimulatedMachine, SimulatedTenant, TenantOptions,
};
use serde_json::Value;

/// The scope that real clients ask for.
pub(super) const SCOPE: &str = "https://api.securitycenter.microsoft.com/.default";

/// A body with a comment.
pub(super) const BODY: &[u8] = br#"{"Comment":"Retired [mo-1-1]"}"#;

/// So many milliseconds after the tests' own midnight.
pub(super) fn at(millis: u64) -> Timestamp {
    Timestamp::from_micros(1_795_392_000_000_000).plus(Duration::from_millis(millis))
}

/// Machine ID number `number`.
pub(super) fn id(number: u32) -> MachineId {
    let mut bytes = [0xa5; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    MachineId::from_bytes(bytes)
}

/// Options without limits that matter.
pub(super) fn unlimited() -> TenantOptions {
    let limits = vec![Window::parse("1000000/1s").unwrap()];
    TenantOptions { limits, ..TenantOptions::default() }
}

/// A tenant and the bearer of a token that is good for an hour from midnight.
pub(super) struct Bench {
    pub(super) tenant: SimulatedTenant,
    pub(super) bearer: String,
}

impl Bench {
    pub(super) fn new(options: TenantOptions) -> Self {
        let mut tenant = SimulatedTenant::new(options);
        let bearer = bearer(&mut tenant, at(0));
        Self { tenant, bearer }
    }

    /// With `count` onboarded machines, numbered from 0.
    pub(super) fn with_machines(options: TenantOptions, count: u32) -> Self {
        let mut bench = Self::new(options);
        for number in 0..count {
            bench.add(number, Behaviour::Normal);
        }
        bench
    }

    pub(super) fn add(&mut self, number: u32, behaviour: Behaviour) {
        let name = format!("pc-{number}.example.com");
        let machine = SimulatedMachine::onboarded(id(number), &name);
        self.tenant.add(SimulatedMachine { behaviour, ..machine });
    }

    pub(super) fn offboard(&mut self, now: Timestamp, number: u32) -> Response {
        self.tenant.offboard(now, Some(&self.bearer), &id(number).to_string(), BODY)
    }

    /// Offboards a machine and gives back the action's ID.
    pub(super) fn action_id(&mut self, now: Timestamp, number: u32) -> String {
        let response = self.offboard(now, number);
        assert_eq!(response.status, 201, "{}", json(&response));
        json(&response)["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn action(&mut self, now: Timestamp, action: &str) -> Response {
        self.tenant.action(now, Some(&self.bearer), action)
    }

    pub(super) fn actions(&mut self, now: Timestamp, query: &ListQuery) -> Response {
        self.tenant.actions(now, Some(&self.bearer), query)
    }

    pub(super) fn cancel(&mut self, now: Timestamp, action: &str) -> Response {
        self.tenant.cancel(now, Some(&self.bearer), action, BODY)
    }
}

/// `Authorization` with a fresh token.
pub(super) fn bearer(tenant: &mut SimulatedTenant, now: Timestamp) -> String {
    let app = TenantOptions::default();
    let token = tenant.token(now, &app.client_id, &app.client_secret, SCOPE).unwrap();
    format!("Bearer {}", token.access_token)
}

/// A list query in the order filter, top, skip; an empty text is left out.
pub(super) fn query(filter: &str, top: &str, skip: &str) -> ListQuery {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ListQuery { filter: given(filter), top: given(top), skip: given(skip) }
}

pub(super) fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// Checks status and error code, and gives back the message.
pub(super) fn refused(response: &Response, status: u16, code: &str) -> String {
    let body = json(response);
    assert_eq!((response.status, body["error"]["code"].as_str()), (status, Some(code)), "{body}");
    assert!(body["error"]["target"].as_str().is_some_and(|target| !target.is_empty()));
    body["error"]["message"].as_str().unwrap().to_owned()
}

/// One field of every row of a list.
pub(super) fn column(response: &Response, field: &str) -> Vec<String> {
    let body = json(response);
    assert_eq!(response.status, 200, "{body}");
    let rows = body["value"].as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned()).collect()
}
