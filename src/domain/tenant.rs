//! Whose machines a batch names.

use super::words::words;

words! {
    /// Where a tenant is at home: a cloud of Defender's, or something that is no Defender.
    ///
    /// It does not depend on its address: a region, an older host name and a
    /// proxy all lead to the same machines.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Realm {
        Public = "public",
        Gcc = "gcc",
        /// GCC High and `DoD`, which share an API.
        Government = "government",
        /// A loopback address: a simulator or a test, never Defender.
        Loopback = "loopback",
        /// The simulator inside the program (`--simulate`).
        Simulator = "simulator",
    }
}

/// One tenant: what was done to its machines counts at every address.
///
/// What was done in one tenant says nothing about another, and a rehearsal never counts as done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant {
    /// The tenant's ID, as the sign-in knows it, in lower case.
    pub id: String,
    pub realm: Realm,
}

impl Tenant {
    pub fn is_simulated(&self) -> bool {
        self.realm == Realm::Simulator
    }
}
