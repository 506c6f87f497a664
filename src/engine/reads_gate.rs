//! The gate of reads outside of a batch's run: what all processes left in the journal counts.

use crate::domain::{CallId, LimitGroup, Now, Placing};
use crate::journal::{Company, Journal, JournalError};
use crate::limiter::Gate;

use super::RunOptions;
use super::read_error::ReadError;

/// The gate of the next read, by what all processes left; `but` is the call that was answered.
pub(super) fn gate(
    ledger: &Journal,
    options: &RunOptions,
    now: Now,
    but: Option<CallId>,
) -> Result<Gate, ReadError> {
    let groups: &[LimitGroup] =
        if options.shared_reads { &LimitGroup::ALL } else { &[LimitGroup::Reads] };
    let (company, mut history) = ledger.reads(options.budget().calls_kept(), groups)?;
    history.calls.retain(|call| Some(call.id) != but);
    let limits = match company {
        Company::Alone => options.reads_gate(),
        Company::BesideRunner if but.is_none() && is_shared(ledger, options)? => {
            return Err(ReadError::SharedBeside);
        }
        Company::BesideRunner => options.reads_beside().ok_or(ReadError::NoShareBeside)?,
    };
    let mut gate = Gate::new(&limits);
    gate.remember(&history, groups, &Placing::at(now));
    Ok(gate)
}

/// Whether what the runner sends and what it reads are one budget.
fn is_shared(ledger: &Journal, options: &RunOptions) -> Result<bool, JournalError> {
    let shared = |text: &String| RunOptions::from_json(text).is_ok_and(|run| run.shared_reads);
    Ok(options.shared_reads || ledger.options_at_work()?.iter().any(shared))
}
