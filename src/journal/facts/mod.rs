//! Facts, and all that is written with them: the chain, the rows and counts that they project to,
//! and the limiter's history.
//!
//! `commit` is the one way in; `writer` adds facts, `standing` is what they add up to, and `fold`
//! checks that it is. Deliberately absent: what follows from a fact (`domain`).

pub(super) mod batch_row;
pub(super) mod chain;
pub(super) mod chain_walk;
mod changes;
mod commit;
pub(super) mod content;
pub(super) mod counts;
mod export;
pub(super) mod fold;
mod history;
mod ledger;
pub(super) mod made_of;
mod quotas;
mod reads;
pub(super) mod standing;
mod tagged;
mod visit;
pub(super) mod writer;

pub use chain::ChainHead;
pub use changes::{Changes, Entry};
pub use export::StoredFact;
pub use reads::Company;
pub use visit::FactOf;
