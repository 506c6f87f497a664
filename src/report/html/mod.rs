//! Pages: the journal as HTML.
//!
//! Text is escaped by type; what cannot be seen is written as an escape before that. Deliberately
//! absent: the server, and addresses other than relative ones.

mod machine_query;
mod machine_table;
mod story;

pub use machine_query::machine_query;
pub use machine_table::{MachineTable, TABLE_SCRIPT, table_part};
