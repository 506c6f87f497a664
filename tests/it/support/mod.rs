//! Set-up that several topics share: a tenant, and runs over it in virtual time.

pub(crate) mod dice;
pub(crate) mod in_process;
pub(crate) mod journals;
pub(crate) mod script;
pub(crate) mod simulation;
pub(crate) mod world;
