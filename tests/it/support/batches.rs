//! What tests put into journals: a runner, machines and a batch. A topic changes what it cares
//! about.

use mde_offboard::domain::{Comment, Device, MachineId, MarkerSeed, Realm, Tenant, Timestamp};
use mde_offboard::journal::{NewBatch, NewMachine, Runner, Succeeded};

/// Where the time of most tests begins: 2026-11-23T17:40:00Z.
pub(crate) const START: Timestamp = Timestamp::from_micros(1_795_455_600_000_000);

pub(crate) fn runner() -> Runner {
    let [host, user, command] = ["build-3", "anna", "run"].map(str::to_owned);
    Runner { pid: 4711, host, user, command, since: START }
}

/// The machine of row `number`, below a header.
pub(crate) fn new_machine(id: MachineId, number: u32) -> NewMachine {
    NewMachine {
        id,
        name: Some(format!("pc-{number:04}")),
        comment: None,
        source: 0,
        line: u64::from(number) + 1,
        device: Device::default(),
        skip: None,
        at: None,
    }
}

/// A batch of the tenant `contoso`; markers differ by the seed.
pub(crate) fn new_batch(seed: u64) -> NewBatch {
    NewBatch {
        tenant: Tenant { id: "contoso".to_owned(), realm: Realm::Public },
        api: "https://api.security.microsoft.com".to_owned(),
        comment: Some(Comment::parse("Retired in Q4").expect("a comment")),
        sources: vec!["fleet.csv".to_owned()],
        filters: Vec::new(),
        options: "{}".to_owned(),
        seed: MarkerSeed::from_random(seed),
        succeeded: Succeeded::Skip,
        canary: 0,
        plan_hash: None,
    }
}
