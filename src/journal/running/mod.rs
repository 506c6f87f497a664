//! What a runner and other processes tell each other: signs of life, and the wish that it stops.
//!
//! Deliberately absent: the lock (`file`), and the row that a sign stands in (`whole`).

mod heartbeat;
mod stop;
