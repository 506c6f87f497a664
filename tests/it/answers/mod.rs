//! What Defender and the network may do, over a real socket, and what becomes of the machine and
//! the run: the real client, the real driver, a journal on disk.

mod crashes;
mod evidence;
pub(crate) mod lasting;
mod lists;
mod offboard;
mod row;
mod run_enders;
mod tenant;
mod tokens;
mod unreached;
