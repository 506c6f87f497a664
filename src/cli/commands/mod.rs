//! One file a command. Each takes the context and its own arguments, and gives an exit code.

mod batches;
mod cancel;
mod check;
mod forecast;
mod plan;
mod report;
mod resolve;
mod resume;
mod retry;
mod run;
mod show;
mod simulator;
mod status;
mod stop;
mod track;
mod verify;
mod welcome;

pub(super) use batches::batches;
pub(super) use cancel::cancel;
pub(super) use check::check;
pub(super) use forecast::forecast;
pub(super) use plan::plan;
pub(super) use report::report;
pub(super) use resolve::resolve;
pub(super) use resume::resume;
pub(super) use retry::retry;
pub(super) use run::run;
pub(super) use show::show;
pub(super) use simulator::simulator;
pub(super) use status::status;
pub(super) use stop::stop;
pub(super) use track::track;
pub(super) use verify::verify;
pub(super) use welcome::welcome;
