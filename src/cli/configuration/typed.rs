//! The settings that were typed as options, in words: to be shown beside those of other origins.

use std::ffi::{OsStr, OsString};

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::key::Key;

/// What was typed, by key. The values of commands come from clap in their own types.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypedOptions(pub(super) Vec<(Key, Vec<OsString>)>);

impl TypedOptions {
    /// Those of the command that was typed, and of all commands.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let mut innermost = matches;
        while let Some((_, inner)) = innermost.subcommand() {
            innermost = inner;
        }
        let typed = Key::ALL.into_iter().filter_map(|key| {
            let name = key.option().map(|_| key.argument())?;
            let texts = innermost.try_get_raw(name).ok().flatten()?;
            let is_typed = innermost.value_source(name) == Some(ValueSource::CommandLine);
            is_typed.then(|| (key, texts.map(OsStr::to_owned).collect()))
        });
        Self(typed.collect())
    }
}
