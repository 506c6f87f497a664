//! Set-up that several topics share: the program and what stands beside it, a tenant, and runs over
//! it in virtual time.

pub(crate) mod authority;
pub(crate) mod batches;
pub(crate) mod canary;
pub(crate) mod connect_proxy;
pub(crate) mod desk;
pub(crate) mod dice;
pub(crate) mod in_process;
pub(crate) mod journals;
pub(crate) mod machines;
pub(crate) mod page;
pub(crate) mod program;
pub(crate) mod prometheus;
pub(crate) mod pseudo_terminal;
pub(crate) mod pty;
#[cfg(windows)]
pub(crate) mod rights;
pub(crate) mod screen;
pub(crate) mod script;
pub(crate) mod served;
pub(crate) mod server;
pub(crate) mod simulation;
pub(crate) mod simulator;
pub(crate) mod tls_end;
pub(crate) mod viewer;
pub(crate) mod waiting;
pub(crate) mod world;
