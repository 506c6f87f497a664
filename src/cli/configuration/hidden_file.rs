//! The user's own file, where one in the current folder is read instead of it: its guards hold all
//! the same.
//!
//! A file that only lies in a folder may add a guard, and never weaken one. So a guard of the own
//! file is stronger than the same one here, and both protect lists count. Deliberately absent: its
//! other settings, which the file in the folder replaces.

use crate::cli::Failure;

use super::document::{Document, WrittenSetting};
use super::file::ConfigurationFile;
use super::key::Key;
use super::origin::SettingOrigin;

#[derive(Debug, Clone)]
pub(super) struct HiddenFile {
    pub(super) file: ConfigurationFile,
    document: Document,
}

impl HiddenFile {
    /// Reads the file that this one hides; none: it hides none.
    pub(super) fn behind(file: &ConfigurationFile) -> Result<Option<Self>, Failure> {
        let Some(file) = file.hides() else { return Ok(None) };
        let document = Document::parse(&file, &file.read()?)?;
        Ok(Some(Self { file, document }))
    }

    /// Whether the profile that is looked for is in it.
    pub(super) fn has_profile(&self, name: &str) -> bool {
        self.document.profiles.iter().any(|profile| profile.name == name)
    }

    /// Its guards, with those of its profile of the same name; the strongest first.
    pub(super) fn guards(
        &self,
        profile: Option<&str>,
    ) -> impl Iterator<Item = (&WrittenSetting, SettingOrigin)> {
        let profiles = self.document.profiles.iter();
        // Without regard to case: a guard must not be lost by a capital letter.
        let named = profiles.filter(move |known| {
            profile.is_some_and(|name| known.name.as_str().eq_ignore_ascii_case(name))
        });
        let of_profile = named.flat_map(|profile| {
            profile.settings.iter().map(|setting| {
                let (name, at) = (profile.name.clone(), setting.at.clone());
                (setting, SettingOrigin::Profile { name, at })
            })
        });
        let of_file = self.document.settings.iter();
        let of_file = of_file.map(|it| (it, SettingOrigin::File(it.at.clone())));
        of_profile.chain(of_file).filter(|(setting, _)| setting.key.is_guard())
    }

    /// The guards that it sets.
    pub(super) fn guard_keys(&self, profile: Option<&str>) -> Vec<Key> {
        let mut keys: Vec<Key> = self.guards(profile).map(|(setting, _)| setting.key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}
