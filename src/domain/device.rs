//! What a list says of a device, beside its ID and its name.

/// What the portal's export and its like say of a device, word for word; `None` where the list has
/// no such column or the cell is empty. Only shown, but for what rules a machine out for certain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Device {
    /// The operating system: `Windows10`, `macOS`.
    pub os_platform: Option<String>,
    /// `Onboarded`, `Can be onboarded`, `Unsupported`, `Insufficient info`.
    pub onboarding_status: Option<String>,
    /// `Active`, `Inactive` ...
    pub health_status: Option<String>,
    /// Its tags, as the list joins them.
    pub tags: Option<String>,
    pub group: Option<String>,
}

impl Device {
    /// Its parts, with the words that people know them by.
    pub fn parts(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("os_platform", self.os_platform.as_deref()),
            ("onboarding_status", self.onboarding_status.as_deref()),
            ("health_status", self.health_status.as_deref()),
            ("tags", self.tags.as_deref()),
            ("group", self.group.as_deref()),
        ]
    }

    pub fn is_blank(&self) -> bool {
        self.parts().iter().all(|(_, part)| part.is_none())
    }
}
