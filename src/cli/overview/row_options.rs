//! What commands about one of several journals carry: the journal, its profile, and whether it is
//! one of rehearsals.

use std::path::Path;

use crate::cli::carried::{built_root, takers_of};
use crate::report::{CarriedOption, Commands};

/// Which commands take each option.
#[derive(Debug, Clone)]
pub(super) struct RowOptions {
    journal: Vec<String>,
    profile: Vec<String>,
    simulate: Vec<String>,
}

impl RowOptions {
    pub(super) fn new() -> Self {
        let root = built_root();
        let takers = |option| takers_of(&root, option);
        let [journal, profile, simulate] = ["journal", "profile", "simulate"].map(takers);
        Self { journal, profile, simulate }
    }

    /// How commands about this journal are printed.
    pub(super) fn commands(
        &self,
        typed: &Commands,
        (journal, profile): (&Path, Option<&str>),
        is_rehearsal: bool,
    ) -> Commands {
        let option = |name: &str, value: Option<String>, taken_by: &[String]| CarriedOption {
            option: name.to_owned(),
            value,
            taken_by: taken_by.to_vec(),
        };
        let profile = profile.map(|name| option("--profile", Some(name.into()), &self.profile));
        let path = journal.to_string_lossy().into_owned();
        let journal = option("--journal", Some(path), &self.journal);
        let simulate = is_rehearsal.then(|| option("--simulate", None, &self.simulate));
        typed.with(profile.into_iter().chain([journal]).chain(simulate).collect())
    }
}
