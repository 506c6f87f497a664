//! What tests put into journals: a runner, machines and a batch. A topic changes what it cares
//! about.

use mde_offboard::domain::{
    BatchId, Comment, Device, MachineId, MarkerSeed, Realm, Reason, Tenant, Timestamp,
};
use mde_offboard::guard::Offboarding;
use mde_offboard::journal::{
    ComparedMachine, Journal, JournalError, NewBatch, NewMachine, PlanVerdict, Runner,
};

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
        canary: 0,
        plan_hash: None,
    }
}

/// Batches of what is staged, made as the program makes them: after a verdict on each machine.
pub(crate) trait CreatePlanned {
    /// By what the list and the journal say, without a tenant.
    fn create_planned(&mut self, new: &NewBatch, at: Timestamp) -> Result<BatchId, JournalError>;

    /// By a verdict of one's own.
    fn create_judged(
        &mut self,
        new: &NewBatch,
        at: Timestamp,
        judge: impl Fn(&ComparedMachine) -> PlanVerdict,
    ) -> Result<BatchId, JournalError>;
}

impl CreatePlanned for Journal {
    fn create_planned(&mut self, new: &NewBatch, at: Timestamp) -> Result<BatchId, JournalError> {
        self.create_judged(new, at, |machine| match (machine.skip, &machine.known) {
            (Some(reason), _) => PlanVerdict::Skip(reason),
            (None, known) if known.in_other_batch => PlanVerdict::Skip(Reason::InOtherBatch),
            (None, known) if known.offboarding != Offboarding::None => {
                PlanVerdict::Skip(Reason::AlreadySucceeded)
            }
            (None, _) => PlanVerdict::Send,
        })
    }

    fn create_judged(
        &mut self,
        new: &NewBatch,
        at: Timestamp,
        judge: impl Fn(&ComparedMachine) -> PlanVerdict,
    ) -> Result<BatchId, JournalError> {
        self.staged(new.comment.as_ref())?;
        self.each_compared(&new.tenant, |machine| {
            self.keep_verdict(machine.number, &judge(&machine), None)
        })?;
        self.create_batch(new, at)
    }
}
