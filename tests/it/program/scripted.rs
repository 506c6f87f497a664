//! A sign-in server and an API on loopback, whose answers a test writes down.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use mde_offboard::domain::MachineId;
use mde_offboard::engine::Clock;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::server::{response, serve};

/// What is answered: status, header lines, body.
#[derive(Clone)]
pub(crate) struct Reply(pub(crate) u16, pub(crate) &'static str, pub(crate) String);

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self(status, "Content-Type: application/json\r\n", body.into())
    }

    /// A refusal in Defender's shape.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#))
    }

    pub(crate) fn page(status: u16, body: &str) -> Self {
        Self(status, "Content-Type: text/html\r\n", body.to_owned())
    }
}

/// An Offboard action of this machine, as Defender shows it.
pub(crate) fn offboard_action(number: u32, status: &str) -> String {
    format!(
        r#"{{"id":"{number:08x}-0000-4000-8000-000000000001","type":"Offboard",
        "status":"{status}","machineId":"{}","creationDateTimeUtc":"{}"}}"#,
        machine_id(number),
        Clock::new().now().wall
    )
}

/// A path below which there is no sign-in: the script answers.
pub(crate) const NO_SIGN_IN: &str = "/nowhere";

/// Keeps sign-ins waiting while it is closed.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    is_closed: bool,
    /// Sign-ins that came so far.
    came: usize,
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut State)) {
        let (state, changed) = &*self.0;
        change(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
        changed.notify_all();
    }

    pub(crate) fn close(&self) {
        self.change(|state| state.is_closed = true);
    }

    pub(crate) fn open(&self) {
        self.change(|state| state.is_closed = false);
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.0.0.lock().unwrap_or_else(PoisonError::into_inner).is_closed
    }

    /// How many sign-ins have come to it.
    pub(crate) fn waiting(&self) -> usize {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).came
    }

    fn pass(&self) {
        self.change(|state| state.came += 1);
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_while(state, |state| state.is_closed));
    }
}

/// A desk with this many machines in `fleet.csv`, beside a server: `script` answers the request
/// line of everything that is no sign-in.
pub(crate) fn scripted(
    machines: u32,
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> Desk {
    scripted_behind(&Gate::default(), machines, script)
}

/// The same, with a gate before the sign-in.
pub(crate) fn scripted_behind(
    gate: &Gate,
    machines: u32,
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
) -> Desk {
    let gate = gate.clone();
    let inventory = inventory(machines);
    let url = serve(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let Reply(status, headers, body) =
            if line.contains("/oauth2/") && !line.contains(NO_SIGN_IN) {
                gate.pass();
                let token = "Tk1a7Xw9Lm3Qe5Rz8Uv2Yb6Nc4Hd0Gf1Js7Kp9Wt3Xo5Ai8";
                let words = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"#;
                Reply::json(200, format!(r#"{words}"{token}"}}"#))
            } else if line.starts_with("GET /api/machines?") {
                Reply::json(200, inventory.as_str())
            } else if let Some(id) = machine_of(line).filter(|_| line.starts_with(ONE_MACHINE)) {
                Reply::json(200, record(&id))
            } else {
                script(line)
            };
        response(status, headers, &body)
    });
    Desk::with_file("fleet.csv", list(machines)).leading_to(&url)
}

/// The inventory of a tenant that has these machines, and twice as many others.
pub(crate) fn inventory(machines: u32) -> String {
    let others = machines + 1_000_000..3 * machines + 1_000_000;
    let records: Vec<String> = (1..=machines)
        .chain(others)
        .map(|number| record(&machine_id(number).to_string()))
        .collect();
    format!(r#"{{"value":[{}]}}"#, records.join(","))
}

/// Of a machine that is not in the inventory, since no test lists it there.
const ONE_MACHINE: &str = "GET /api/machines/";

/// A machine in the inventory.
pub(crate) fn record(id: &str) -> String {
    format!(r#"{{"id":"{id}","osPlatform":"Windows11","onboardingStatus":"Onboarded"}}"#)
}

/// The machine that a request line names in its path or its filter.
pub(crate) fn machine_of(line: &str) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_hexdigit();
    let words = line.split(|c: char| !is_digit(c));
    // `%27` stands before an ID in a filter.
    let ids = words.filter_map(|word| word.get(word.len().checked_sub(40)?..));
    ids.map(str::to_owned).find(|id| MachineId::parse(id).is_ok())
}
