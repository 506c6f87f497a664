//! Batches that are in the journal: which one is meant, which of its machines, how it continues and
//! how it ended.

mod cancel_answer;
pub(crate) mod choose;
pub(crate) mod closing;
pub(crate) mod held_machines;
pub(crate) mod outcomes;
pub(crate) mod run_by;
pub(crate) mod selection;
pub(crate) mod stored;
pub(crate) mod verification;
pub(crate) mod withdrawal;
pub(super) mod withdrawal_outcome;
