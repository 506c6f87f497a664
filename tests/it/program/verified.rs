//! `verify`: what a batch of last week came to, as the built program sees it over a socket.
//!
//! The past is made in the process of the test, where time is an argument; the program reads it by
//! the clock of today.

use std::time::Duration;

use mde_offboard::domain::{ActionId, ActionStatus, Fact, MachineNumber, Realm, Tenant, Timestamp};
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::{Changes, Entry, Journal, NewBatch};
use mde_offboard::plan::LaterVerdict;
use mde_offboard::simulator::{
    Behaviour, LateChange, ShellOptions, SimulatedMachine, SimulatedTenant, TenantOptions,
};
use serde_json::Value;

use super::foreign::Here;
use crate::support::batches::CreatePlanned as _;
use crate::support::batches::{new_batch, new_machine, runner};
use crate::support::desk::Desk;
use crate::support::journals::until_free;
use crate::support::machines::machine_id;
use crate::support::program::Said;

const DAY: Duration = Duration::from_hours(24);

/// What a machine does, how many days ago it was sent, and how its action ended as far as the
/// journal knows.
type Life = (Behaviour, u32, Option<ActionStatus>);

#[expect(clippy::disallowed_methods, reason = "the program goes by today's clock")]
fn today() -> Timestamp {
    jiff::Timestamp::now().into()
}

struct Past {
    tenant: SimulatedTenant,
    journal: Journal,
    desk: Desk,
}

impl Past {
    /// A batch that was made eight days ago.
    fn of(lives: &[Life]) -> Self {
        let (desk, now) = (Desk::new(), today());
        let mut past = Self {
            tenant: SimulatedTenant::new(TenantOptions::default()),
            journal: Journal::open_runner(&desk.path("journal.db"), runner()).unwrap(),
            desk: desk.with("MDE_OFFBOARD_JOURNAL", "journal.db"),
        };
        let began = now.minus(8 * DAY);
        for number in 1..=u32::try_from(lives.len()).unwrap() {
            past.journal.stage(&new_machine(machine_id(number), number)).unwrap();
        }
        let tenant = Tenant { id: TenantOptions::default().tenant_id, realm: Realm::Loopback };
        let options = RunOptions::default().to_json();
        let new = NewBatch { tenant, options, ..new_batch(7) };
        let batch = past.journal.create_planned(&new, began).unwrap();
        let mut facts = Vec::new();
        for (number, life) in (1..).zip(lives) {
            let mut at = now.minus(life.1 * DAY);
            for fact in past.live(number, life, at) {
                let number = MachineNumber(number);
                facts.push(Entry { batch, number, at, fact });
                at = at.plus(Duration::from_mins(10));
            }
        }
        past.journal.commit(&Changes { facts, ..Changes::default() }).unwrap();
        past
    }

    /// Offboards a machine; the facts that the journal has of it.
    fn live(&mut self, number: u32, (behaviour, _, ended): &Life, at: Timestamp) -> Vec<Fact> {
        let id = machine_id(number);
        let machine = SimulatedMachine::onboarded(id, &format!("pc-{number:04}"));
        self.tenant.add(SimulatedMachine { behaviour: *behaviour, ..machine });
        let app = TenantOptions::default();
        let scope = "https://api.securitycenter.microsoft.com/.default";
        let token = self.tenant.token(at, &app.client_id, &app.client_secret, scope).unwrap();
        let bearer = format!("Bearer {}", token.access_token);
        let body = br#"{"Comment":"Retired"}"#;
        let answer = self.tenant.offboard(at, Some(&bearer), &id.to_string(), body);
        let action: Value = serde_json::from_slice(&answer.body).unwrap();
        let accepted = Fact::Accepted {
            action: ActionId::parse(action["id"].as_str().unwrap()).unwrap(),
            status: ActionStatus::Pending,
            adopted: false,
            found: false,
            http_status: Some(201),
            created_at: Some(at),
            named_by: None,
        };
        let end = ended.clone().map(|status| Fact::ActionEnded { status, device_error: None });
        [Fact::Sending, accepted].into_iter().chain(end).collect()
    }

    /// The name of machine `number` reports under another ID since three days.
    fn reimage(&mut self, number: u32) {
        let new = SimulatedMachine::onboarded(machine_id(900), &format!("PC-{number:04}"));
        self.tenant.add(SimulatedMachine { known_days: Some(3), ..new });
    }

    fn forget(&mut self, number: u32) {
        let gone = SimulatedMachine::onboarded(machine_id(number), "pc");
        let machine = SimulatedMachine { behaviour: Behaviour::Unknown, ..gone };
        self.tenant.change_later(LateChange { after_calls: 0, machine });
    }

    /// What the program makes of it.
    fn told(self, words: &[&str]) -> (Desk, Vec<Said>) {
        drop(self.journal);
        until_free(&self.desk.path("journal.db"));
        let here = Here::serving(self.tenant, ShellOptions::default());
        let desk = self.desk.leading_to(&here.url);
        let said = words.iter().map(|words| desk.run(words)).collect();
        let posts = desk.posts();
        // Those of the past alone.
        assert!(posts <= 9, "verify sends nothing: {posts}");
        (desk, said)
    }
}

const SUCCEEDED: Option<ActionStatus> = Some(ActionStatus::Succeeded);

fn every_verdict() -> Past {
    let mut past = Past::of(&[
        (Behaviour::Normal, 8, SUCCEEDED),
        (Behaviour::Returns, 8, SUCCEEDED),
        (Behaviour::Normal, 8, SUCCEEDED),
        (Behaviour::Normal, 8, SUCCEEDED),
        (Behaviour::StaysPending, 8, None),
        (Behaviour::Fails, 8, Some(ActionStatus::Failed)),
        // It succeeded, and nobody has asked since.
        (Behaviour::Normal, 8, None),
        // It failed, and nobody has asked since.
        (Behaviour::Fails, 8, None),
        // The newest comes last: a simulator's actions are in the order of their creation.
        (Behaviour::Normal, 1, SUCCEEDED),
    ]);
    past.reimage(3);
    past.forget(4);
    past
}

#[test]
fn each_machine_gets_the_verdict_that_fits() {
    let (desk, said) = every_verdict().told(&[
        "verify --json",
        "verify 1",
        "verify --output list.csv",
        "verify --format ndjson",
    ]);
    let found = said[0].json();
    assert_eq!(found["schema"], "mde-offboard.verify/1");
    for verdict in LaterVerdict::ALL {
        let expected = if verdict == LaterVerdict::Silent { 2 } else { 1 };
        assert_eq!(found["verdicts"][verdict.word()], expected, "{verdict:?}: {found}");
    }
    assert_eq!((&found["succeeded"], &found["ended_otherwise"]), (&6.into(), &1.into()));
    for said in &said {
        assert_eq!(said.code, Some(4), "{said}");
    }
    let prose = &said[1].out;
    for words in [
        "Batch 1, 6 succeeded, inventory of",
        "e.g. pc-0002",
        "onboarding\n",
        "the name reports under a newer ID",
        ": 8 days",
        "no longer in the inventory",
        "less than 2 days ago",
        "1 ended without success; to record that:",
        "verify 1 --output verify.csv",
    ] {
        assert!(prose.replace("onboarding policy", "onboarding\n").contains(words), "{prose}");
    }
    let list = desk.text("list.csv");
    let verdict = |number: u32| {
        let id = machine_id(number).to_string();
        let row = list.lines().find(|row| row.starts_with(&id)).unwrap();
        row.rsplit(',').nth(1).unwrap().to_owned()
    };
    let verdicts: Vec<String> = (1..=9).map(verdict).collect();
    let expected =
        ["silent", "still_reports", "other_id", "gone", "pending", "", "silent", "", "too_early"];
    assert_eq!(verdicts, expected);
    assert_eq!(said[3].out.lines().count(), 9, "{}", said[3]);
    let second: Value = serde_json::from_str(said[3].out.lines().nth(1).unwrap()).unwrap();
    let seen = Timestamp::parse(second["last_seen"].as_str().unwrap()).unwrap();
    assert!(seen > today().minus(2 * DAY), "{second}");
}

#[test]
fn silence_alone_ends_with_0() {
    let past = Past::of(&[(Behaviour::Normal, 8, SUCCEEDED), (Behaviour::StaysPending, 8, None)]);
    let (_, said) = past.told(&["verify", "verify all --json", "verify 7"]);
    assert_eq!(said[0].code, Some(0), "{}", said[0]);
    assert!(said[0].out.contains("silent               1"), "{}", said[0]);
    assert_eq!(said[1].code, Some(0), "{}", said[1]);
    assert_eq!(said[1].json()["verdicts"]["pending"], 1);
    assert_eq!(said[2].code, Some(2), "{}", said[2]);
}
