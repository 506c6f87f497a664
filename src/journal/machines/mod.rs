//! Machines, read back: one by one, in bulk, and by their actions.
//!
//! Deliberately absent: changing them. A row is the fold of its facts (`facts`).

mod guarded;
mod machine;
mod owner;
mod search;
mod select;

pub use machine::Machine;
pub use owner::ActionOwner;
pub use search::{MACHINES_A_PAGE, MachineColumn, MachinePage, MachineQuery, SortDirection};
pub use select::{CodeCount, Filter};
