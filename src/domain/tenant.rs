//! Whose machines a batch names.

/// Where a tenant is at home: a cloud of Defender's, or something that is no Defender.
///
/// It does not depend on the address by which it is reached: a region, an older host name and a
/// proxy all lead to the same machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Realm {
    /// The commercial cloud.
    Public,
    /// GCC.
    Gcc,
    /// GCC High and `DoD`, which share an API.
    Government,
    /// A loopback address: a simulator or a test, never Defender.
    Loopback,
    /// The simulator inside the program (`--simulate`).
    Simulator,
}

impl Realm {
    /// All realms.
    pub const ALL: [Self; 5] =
        [Self::Public, Self::Gcc, Self::Government, Self::Loopback, Self::Simulator];

    /// The word that the journal keeps.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Gcc => "gcc",
            Self::Government => "government",
            Self::Loopback => "loopback",
            Self::Simulator => "simulator",
        }
    }

    /// From the word that the journal keeps.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|realm| realm.word() == word)
    }
}

/// One tenant: what was done to its machines counts at every address.
///
/// What was done in one tenant says nothing about another, and a rehearsal never counts as done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant {
    /// The tenant's ID, as the sign-in knows it, in lower case.
    pub id: String,
    /// Where it is at home.
    pub realm: Realm,
}

impl Tenant {
    /// Whether this was a rehearsal: screens say so.
    pub fn is_simulated(&self) -> bool {
        self.realm == Realm::Simulator
    }
}
