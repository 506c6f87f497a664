//! What a plan decides, where all machines are sent.

use mde_offboard::domain::Tenant;
use mde_offboard::journal::{Journal, PlanVerdict};

/// Compares each staged machine with what the journal knows, as a plan does, and sends it.
pub(crate) fn send_all(journal: &Journal, tenant: &Tenant) {
    let compared = journal.each_compared(tenant, |machine| {
        journal.keep_verdict(machine.number, &PlanVerdict::Send, None)
    });
    compared.expect("the temporary tables can be written");
}
