//! Which file and profile are in use, and where the other settings come from.

use crate::cli::Context;
use crate::cli::configuration::{FileChoice, SettingOrigin};
use crate::cli::journal_path::Simulate;
use crate::cli::paths::shown;
use crate::journal::access::Others;

use super::file_mode;
use super::item::CheckItem;

/// In one line: the file with its profile, then the variables and options that set something.
pub(crate) fn settings_in_force(context: &Context) -> String {
    if context.simulate == Simulate::Yes {
        return "those of the simulator".to_owned();
    }
    let configuration = &context.configuration;
    let file = match configuration.file() {
        None => "no file".to_owned(),
        Some(file) if file.found == FileChoice::InFolder => {
            let own = configuration.hidden_file().map(|(own, _)| shown(&own.path));
            let own = own.map(|own| format!(" instead of {own}")).unwrap_or_default();
            format!("{}, found in this folder{own}", shown(&file.path))
        }
        Some(file) => shown(&file.path),
    };
    let profile = configuration.profile().map(|name| format!(", profile {name}"));
    let settings = configuration.settings();
    let origins = settings.iter().map(|setting| &setting.origin).filter(|origin| {
        matches!(origin, SettingOrigin::Option(_) | SettingOrigin::Environment(_))
    });
    let names: Vec<String> = origins.map(ToString::to_string).collect();
    let given =
        if names.is_empty() { String::new() } else { format!("; from {}", names.join(", ")) };
    format!("{file}{}{given}", profile.unwrap_or_default())
}

/// Who can change the file can have a command run. Who can read a secret is asked where it is read.
pub(crate) fn configuration_modes(context: &Context) -> Option<CheckItem> {
    if context.simulate == Simulate::Yes {
        return None;
    }
    let file = context.configuration.file();
    file.and_then(|file| file_mode::open_to_others(&file.path, Others::Change, "where requests go"))
}
