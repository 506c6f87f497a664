//! What a runner and other processes tell each other: signs of life, and the wish that it stops.
//!
//! Deliberately absent: the lock (`file`), and the row that holds a sign (`log_mark`).

mod heartbeat;
mod stop;
