//! A tenant and its machines, asked in the engine's words.

use std::time::Duration;

use mde_offboard::defender::{HttpAnswer, HttpOutcome, Secrets, classify};
use mde_offboard::domain::{
    ActionScope, BatchId, Fact, MachineId, MachineNumber, ReadAnswer, Realm, Reply, Tenant,
    Timestamp,
};
use mde_offboard::engine::{Answered, Ask, Assignment, RunOptions, Task};
use mde_offboard::journal::{Changes, Entry, Journal, NewBatch};
use mde_offboard::simulator::{
    ListQuery, Response, SimulatedMachine, SimulatedTenant, TenantOptions,
};

use super::batches::CreatePlanned as _;
pub(crate) use super::batches::START;
use super::batches::{new_batch, new_machine};
use super::machines::machine_id;

/// Whose machines they are.
pub(crate) fn tenant() -> Tenant {
    Tenant { id: TenantOptions::default().tenant_id, realm: Realm::Loopback }
}

/// A tenant with machines, and a token for it.
pub(crate) struct World {
    pub(crate) tenant: SimulatedTenant,
    authorization: Option<(String, Timestamp)>,
    page_rows: usize,
    /// How long after its creation an action is listed.
    pub(crate) lag: Duration,
    /// Actions made from then on are in no list, ever.
    pub(crate) hidden_from: Option<Timestamp>,
    /// The client renews its token only once it was refused.
    pub(crate) forgetful: bool,
    /// Pages are shorter than what was asked for, and link to the next one.
    pub(crate) links: bool,
}

impl World {
    /// A tenant with `machines` ordinary machines.
    pub(crate) fn new(options: TenantOptions, machines: u32) -> Self {
        let page_rows = options.page_rows;
        let mut tenant = SimulatedTenant::new(options);
        for index in 0..machines {
            let name = format!("pc-{:04}", index + 1);
            tenant.add(SimulatedMachine::onboarded(machine_id(index), &name));
        }
        Self {
            tenant,
            authorization: None,
            page_rows,
            lag: Duration::ZERO,
            hidden_from: None,
            forgetful: false,
            links: false,
        }
    }

    pub(crate) const fn page_rows(&self) -> usize {
        self.page_rows
    }

    /// The token in force. It is renewed ten minutes before its end; a client that forgets does it
    /// only once it was refused.
    fn authorization(&mut self, now: Timestamp) -> String {
        let ends = self.authorization.as_ref().map(|(_, ends)| *ends);
        let due = |ends: Timestamp| ends.minus(Duration::from_mins(10)) < now && !self.forgetful;
        if ends.is_none_or(due) {
            let app = TenantOptions::default();
            let scope = "https://api.securitycenter.microsoft.com/.default";
            let token = self.tenant.token(now, &app.client_id, &app.client_secret, scope);
            let token = token.expect("the app of the options");
            let ends = now.plus(token.expires_in);
            self.authorization = Some((format!("Bearer {}", token.access_token), ends));
        }
        self.authorization.as_ref().map(|(text, _)| text.clone()).expect("just set")
    }

    /// One request, at one instant of the server's clock.
    pub(crate) fn answer(&mut self, now: Timestamp, ask: &Ask) -> Answered {
        let seen = seen(self.respond(now, ask));
        self.understand(now, ask, &seen)
    }

    /// What the tenant does and says.
    pub(crate) fn respond(&mut self, now: Timestamp, ask: &Ask) -> Response {
        let authorization = self.authorization(now);
        let authorization = Some(authorization.as_str());
        let rows = (!self.links).then_some(self.page_rows);
        let tenant = &mut self.tenant;
        let response = match ask {
            Ask::Submit { machine, comment } => {
                let body = body(comment);
                tenant.offboard(now, authorization, &machine.to_string(), body.as_bytes())
            }
            Ask::Find { machine, scope, skip } => {
                let kind = match scope {
                    ActionScope::Offboard => " and type eq 'Offboard'",
                    ActionScope::Every => "",
                };
                let filter = format!("machineId eq '{machine}'{kind}");
                tenant.actions(now, authorization, &query(filter, rows, *skip))
            }
            Ask::List { since, skip } => {
                let filter = format!("type eq 'Offboard' and creationDateTimeUtc ge {since}");
                tenant.actions(now, authorization, &query(filter, rows, *skip))
            }
            Ask::Cancel { action, comment } => {
                tenant.cancel(now, authorization, action.as_str(), body(comment).as_bytes())
            }
            Ask::Machines { skip } => {
                let top = rows.map(|rows| rows.to_string());
                let query = ListQuery { filter: None, top, skip: Some(skip.to_string()) };
                tenant.machines(now, authorization, &query)
            }
        };
        if response.status == 401 {
            self.authorization = None;
        }
        response
    }

    /// What the client makes of it. A list does not show what is younger than the lag.
    pub(crate) fn understand(&self, now: Timestamp, ask: &Ask, seen: &HttpOutcome) -> Answered {
        match ask {
            Ask::Submit { machine, comment } => {
                Answered::Submit(reply(now, seen, classify::submit(seen, *machine, comment)))
            }
            Ask::Find { .. } | Ask::List { .. } => {
                let mut reading = classify::actions(seen);
                if let ReadAnswer::Read(page) = &mut reading {
                    let visible = now.minus(self.lag);
                    let is_shown = |at: Timestamp| {
                        at <= visible && self.hidden_from.is_none_or(|hidden| at < hidden)
                    };
                    page.items.retain(|action| action.created_at.is_none_or(is_shown));
                }
                Answered::Actions(reply(now, seen, reading))
            }
            Ask::Cancel { action, .. } => {
                Answered::Cancel(reply(now, seen, classify::cancelled(seen, action)))
            }
            Ask::Machines { .. } => Answered::Machines(reply(now, seen, classify::machines(seen))),
        }
    }

    /// Somebody else asks for a machine to be offboarded, in the portal.
    pub(crate) fn request_by_other(&mut self, now: Timestamp, machine: MachineId) {
        let authorization = self.authorization(now);
        let comment = body("Requested in the portal");
        let id = machine.to_string();
        self.tenant.offboard(now, Some(&authorization), &id, comment.as_bytes());
    }
}

fn body(comment: &str) -> String {
    serde_json::json!({ "Comment": comment }).to_string()
}

/// Without `$top` a page links to the next one.
fn query(filter: String, rows: Option<usize>, skip: usize) -> ListQuery {
    let top = rows.map(|rows| rows.to_string());
    ListQuery { filter: Some(filter), top, skip: Some(skip.to_string()) }
}

/// What the client sees of an answer that came whole.
pub(crate) fn seen(response: Response) -> HttpOutcome {
    let header = |name: &str| {
        let found = response.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    };
    HttpOutcome::Answered(HttpAnswer {
        status: response.status,
        content_type: header("content-type"),
        retry_after: header("retry-after"),
        redirect_host: None,
        date: header("date"),
        body: Ok(response.body),
        secrets: Secrets::default(),
    })
}

fn reply<T>(now: Timestamp, seen: &HttpOutcome, what: T) -> Reply<T> {
    let heard = seen.status().is_some();
    Reply { what, heard, server_date: heard.then_some(now) }
}

/// What `run` asks of the engine.
pub(crate) fn assignment(batch: BatchId, options: &RunOptions) -> Assignment {
    Assignment {
        batch,
        task: Task::Send,
        command: "run".to_owned(),
        options: options.clone(),
        seed: 1,
        server_clock: None,
        second_look: None,
    }
}

/// A batch of the first `machines` machines, in a journal in memory.
pub(crate) fn batch_of(machines: u32, options: &RunOptions) -> (Journal, BatchId) {
    let mut journal = Journal::in_memory().expect("a journal in memory");
    let batch = add_batch(&mut journal, machines, options);
    (journal, batch)
}

/// A batch of the first `machines` machines.
pub(crate) fn add_batch(journal: &mut Journal, machines: u32, options: &RunOptions) -> BatchId {
    for index in 0..machines {
        let machine = new_machine(machine_id(index), index + 1);
        journal.stage(&machine).expect("a machine can be staged");
    }
    let canary = options.canary;
    let (api, options) = ("http://127.0.0.1".to_owned(), options.to_json());
    let new = NewBatch { tenant: tenant(), api, options, canary, ..new_batch(7) };
    journal.create_planned(&new, START).expect("a batch can be made")
}

/// A batch of which an earlier process wrote these facts, each about the machine of an index.
pub(crate) fn batch_with(
    (machines, options): (u32, &RunOptions),
    at: Timestamp,
    facts: impl IntoIterator<Item = (u32, Fact)>,
) -> (Journal, BatchId) {
    let (mut journal, batch) = batch_of(machines, options);
    let entry = |(index, fact)| Entry { batch, number: MachineNumber(index + 1), at, fact };
    let facts = facts.into_iter().map(entry).collect();
    journal.commit(&Changes { facts, ..Changes::default() }).expect("facts can be written");
    (journal, batch)
}
