//! Which profile a journal belongs to.
//!
//! For a person a tenant is its name in the settings. Deliberately absent: everything else that a
//! profile says.

use std::path::{Path, PathBuf};

use crate::cli::journal_path::{self, Simulate};
use crate::domain::Tenant;

use super::document::WrittenProfile;
use super::key::Key;

/// All profiles of the settings, with what a journal is known by.
#[derive(Debug, Clone, Default)]
pub(crate) struct TenantProfiles(Vec<TenantProfile>);

#[derive(Debug, Clone)]
struct TenantProfile {
    name: String,
    journal: Option<PathBuf>,
    /// In lower case.
    tenant: Option<String>,
}

impl TenantProfiles {
    pub(super) fn of_document(profiles: &[WrittenProfile]) -> Self {
        let profile = |written: &WrittenProfile| {
            let text = |key| {
                let setting = written.settings.iter().find(|setting| setting.key == key)?;
                setting.texts.first()
            };
            let named = text(Key::Journal).map(PathBuf::from);
            let journal = journal_path::of(named, Some(&written.name), Simulate::No).ok();
            TenantProfile {
                name: written.name.clone(),
                journal: journal.map(real),
                tenant: text(Key::TenantId).and_then(|id| id.to_str()).map(str::to_lowercase),
            }
        };
        Self(profiles.iter().map(profile).collect())
    }

    /// The profile whose journal this is, else the only one of the journal's tenant. A rehearsal is
    /// no tenant's.
    pub(crate) fn of(&self, journal: &Path, tenant: Option<&Tenant>) -> Option<&str> {
        let journal = real(journal.to_owned());
        let has_journal = |it: &&TenantProfile| it.journal.as_ref() == Some(&journal);
        if let Some(profile) = self.0.iter().find(has_journal) {
            return Some(&profile.name);
        }
        let tenant = tenant.filter(|tenant| !tenant.is_simulated())?;
        let is_its = |it: &&TenantProfile| it.tenant.as_ref() == Some(&tenant.id);
        let mut fitting = self.0.iter().filter(is_its);
        match (fitting.next(), fitting.next()) {
            (Some(profile), None) => Some(&profile.name),
            _ => None,
        }
    }
}

fn real(path: PathBuf) -> PathBuf {
    path.canonicalize().unwrap_or(path)
}
