//! A Defender whose answer for each machine is written down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use mde_offboard::engine::Clock;

use crate::program::scripted::{Reply, machine_of, scripted};
use crate::support::desk::Desk;
use crate::support::machines::machine_id;

/// What becomes of the POST of a machine, and of its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Accepted; its action has this status when it is listed.
    Accepted(&'static str),
    Refused,
    /// No answer ever comes.
    Silent,
    /// The token is not accepted any more.
    NoAccess,
    /// The connection ends without an answer.
    Lost,
}

#[derive(Debug, Default)]
struct State {
    fates: BTreeMap<u32, Fate>,
    /// Machines whose POST came, and how often it did.
    posts: BTreeMap<u32, u32>,
    actions: BTreeMap<u32, (&'static str, String)>,
    /// What a list is answered with, where it cannot be read.
    lists: Option<u16>,
    /// From the first POST on.
    lists_after: Option<u16>,
    cancels: Option<&'static str>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Tenant(Arc<Mutex<State>>);

impl Tenant {
    /// A desk with as many machines as there are fates, named `pc-1` and so on.
    pub(super) fn with(fates: &[Fate]) -> (Self, Desk) {
        let tenant = Self::default();
        tenant.change(|state| state.fates = (1..).zip(fates.iter().copied()).collect());
        let machines = u32::try_from(fates.len()).expect("few");
        let server = tenant.clone();
        let desk = scripted(machines, move |line| server.answer(line));
        let rows = (1..=machines).map(|n| format!("{},pc-{n}\n", machine_id(n)));
        let rows: String = rows.collect();
        desk.file("fleet.csv", format!("Device ID,Device Name\n{rows}"));
        (tenant, desk.with("MDE_OFFBOARD_JOURNAL", "journal.db"))
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().expect("whole"))
    }

    pub(super) fn set(&self, number: u32, fate: Fate) {
        self.change(|state| {
            state.fates.insert(number, fate);
            if let (Fate::Accepted(status), Some(action)) = (fate, state.actions.get_mut(&number)) {
                action.0 = status;
            }
        });
    }

    /// Lists cannot be read from the first POST on.
    pub(super) fn hide_lists(&self, status: u16) {
        self.change(|state| state.lists_after = Some(status));
    }

    /// An action that is asked to be cancelled has this status afterwards.
    pub(super) fn cancel_to(&self, status: &'static str) {
        self.change(|state| state.cancels = Some(status));
    }

    pub(super) fn posts(&self) -> u32 {
        self.change(|state| state.posts.values().sum())
    }

    /// The machines whose POST came.
    pub(super) fn reached(&self) -> BTreeSet<u32> {
        self.change(|state| state.posts.keys().copied().collect())
    }

    fn answer(&self, line: &str) -> Reply {
        let number = machine_of(line).map(|id| u32::from_str_radix(&id[32..], 16).expect("ours"));
        match number {
            Some(number) if line.starts_with("POST") => self.post(number),
            _ if line.contains("/cancel") => self.cancel(line),
            only => self.list(only),
        }
    }

    fn post(&self, number: u32) -> Reply {
        let fate = self.change(|state| {
            *state.posts.entry(number).or_default() += 1;
            state.lists = state.lists.or(state.lists_after);
            let fate = state.fates[&number];
            if let Fate::Accepted(status) = fate {
                let at = Clock::new().now().wall.to_string();
                state.actions.insert(number, (status, at));
            }
            fate
        });
        match fate {
            Fate::Accepted(_) => {
                // It ends only afterwards.
                let (_, at) = self.change(|state| state.actions[&number].clone());
                Reply::json(201, action(number, &("Pending", at)))
            }
            Fate::Refused => Reply::error(400, "ClientVersionNotSupported", "The sensor is old"),
            Fate::NoAccess => Reply::error(401, "Unauthorized", "Not with this token"),
            Fate::Lost => Reply(0, "", String::new()),
            Fate::Silent => loop {
                std::thread::park();
            },
        }
    }

    fn cancel(&self, line: &str) -> Reply {
        let id = line.split('/').nth_back(2).expect("an ID");
        let number = u32::from_str_radix(&id[..8], 16).expect("ours");
        self.change(|state| {
            let status = state.cancels.expect("nobody was to cancel");
            let entry = state.actions.get_mut(&number).expect("an action");
            entry.0 = status;
            Reply::json(201, action(number, entry))
        })
    }

    fn list(&self, only: Option<u32>) -> Reply {
        self.change(|state| match state.lists {
            Some(status) => Reply::error(status, "ServiceUnavailable", "Lists are out of order"),
            None => {
                let wanted = |number: &u32| only.is_none_or(|only| *number == only);
                let actions = state.actions.iter().filter(|(number, _)| wanted(number));
                let actions: Vec<String> = actions.map(|(n, entry)| action(*n, entry)).collect();
                Reply::json(200, format!(r#"{{"value":[{}]}}"#, actions.join(",")))
            }
        })
    }
}

fn action(number: u32, (status, at): &(&'static str, String)) -> String {
    format!(
        r#"{{"id":"{number:08x}-0000-4000-8000-000000000001","type":"Offboard",
        "status":"{status}","machineId":"{}","creationDateTimeUtc":"{at}"}}"#,
        machine_id(number)
    )
}
