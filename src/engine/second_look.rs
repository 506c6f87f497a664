//! What the tenant's inventory says of a machine at the last moment, beside what its plan said.
//!
//! Deliberately absent: when the inventory is read, and what follows (`scheduler`).

use crate::domain::{BatchId, Device, Fact, Reason, Timestamp};
use crate::guard::{Class, KnownMachine, Offboarding, Treatment};
use crate::journal::{Journal, JournalError, Machine};

use super::RunOptions;

/// Machines are compared with the tenant's inventory once more before they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondLook {
    /// When the reading of the inventory began that is in the journal's temporary tables; none:
    /// this process has read none yet.
    pub read_at: Option<Timestamp>,
}

/// Why a machine must not be sent, by the newest reading; none: nothing speaks against it. Nor does
/// its absence, but for the protect list: a list may leave a machine out, and Defender itself says
/// whether it knows it.
///
/// # Errors
/// [`JournalError`] where the temporary tables cannot be read.
pub(super) fn against(
    journal: &Journal,
    (batch, machine): (BatchId, &Machine),
    options: &RunOptions,
    now: Timestamp,
) -> Result<Option<Class>, JournalError> {
    let seen = journal.seen_again(machine.id)?;
    let record = seen.as_ref().map(|seen| &seen.record);
    let in_tenant = record.and_then(|record| record.name.as_deref());
    let names: Vec<&str> = machine.name.as_deref().into_iter().chain(in_tenant).collect();
    let tags = record.map(|record| record.tags.as_slice()).unwrap_or_default();
    let group = record.and_then(|record| record.group.as_deref());
    let groups: Vec<&str> = group.into_iter().collect();
    let list = options.protect.as_ref();
    let protected = list.and_then(|list| list.protects(machine.id, &names, tags, &groups));
    let Some(seen) = seen else { return Ok(protected.map(|_| Class::Protected)) };
    let known = KnownMachine {
        listed: Device::default(),
        name: machine.name.clone(),
        record: Some(seen.record),
        // What anybody asked for is told by the lists of actions, which are followed.
        offboarding: Offboarding::None,
        in_other_batch: false,
        is_protected: protected.is_some(),
        has_newer_namesake: seen.has_newer_namesake,
    };
    let decided = options.treatments().decide(&known.classes(now));
    let Some((class, Treatment::Skip | Treatment::Refuse)) = decided else { return Ok(None) };
    let was_named = class.may_be_sent() && was_retried(journal, batch, machine, class.reason())?;
    Ok(Some(class).filter(|_| !was_named))
}

/// Whether a person had a machine queued again that had been left alone for the same reason.
fn was_retried(
    journal: &Journal,
    batch: BatchId,
    machine: &Machine,
    reason: Reason,
) -> Result<bool, JournalError> {
    // What was left alone when the batch was made has no fact that says so.
    let (mut skipped, mut retried) = (true, false);
    for (_, fact) in journal.facts_of(batch, machine.number)? {
        match fact {
            Fact::Requeued => retried |= skipped,
            Fact::Skipped { reason: because } => skipped = because == reason,
            _ => skipped = false,
        }
    }
    Ok(retried)
}
