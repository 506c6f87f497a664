//! The options that a file can set, as clap reads them: so a value means the same in both places.

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};

use crate::cli::args::{
    ConnectionArguments, FollowArguments, GuardArguments, PacingArguments, PlanningArguments, Root,
};

use super::key::{Key, ValueShape};

/// What the layers below the options say, in the options' types.
#[derive(Debug, Clone, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
pub(crate) struct ConfiguredOptions {
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
    #[command(flatten)]
    pub(crate) pacing: PacingArguments,
    #[command(flatten)]
    pub(crate) guards: GuardArguments,
    #[command(flatten)]
    pub(crate) follow: FollowArguments,
    #[command(flatten)]
    pub(crate) planning: PlanningArguments,
    #[arg(long)]
    pub(crate) protect: Option<PathBuf>,
    #[arg(long)]
    pub(crate) journal: Option<PathBuf>,
}

/// A setting as an option with its value.
pub(super) fn as_options(key: Key, texts: &[OsString]) -> Vec<OsString> {
    let with = |option: &str, text: &OsString| {
        let mut typed = OsString::from(format!("--{option}="));
        typed.push(text);
        typed
    };
    match key.option() {
        Some(option) => texts.iter().map(|text| with(&option, text)).collect(),
        None => Vec::new(),
    }
}

/// Why the option of this key would refuse a value; none: it takes it.
pub(super) fn objection(key: Key, texts: &[OsString]) -> Option<String> {
    let error = ConfiguredOptions::try_parse_from(as_options(key, texts)).err()?;
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let word = key.word();
    if error.kind() == ErrorKind::InvalidValue {
        let value = text(ContextKind::InvalidValue).unwrap_or_default();
        let known = match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(known)) => known.join(", "),
            _ => String::new(),
        };
        return Some(format!("`{word}` cannot be `{value}`; it is one of {known}"));
    }
    let why = error.source().map_or_else(|| error.kind().to_string(), ToString::to_string);
    Some(format!("`{word}`: {why}"))
}

/// The key that is most like a word.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    /// Keys that are no options are tried by what clap does for options.
    fn command() -> clap::Command {
        let keys = Key::ALL.into_iter().filter(|key| key.shape() != ValueShape::Absent);
        let arguments = keys.map(|key| clap::Arg::new(key.word()).long(key.word()));
        clap::Command::new("settings").no_binary_name(true).disable_help_flag(true).args(arguments)
    }
    let error = command().try_get_matches_from([format!("--{word}=x")]).err()?;
    match error.get(ContextKind::SuggestedArg) {
        Some(ContextValue::String(known)) => {
            Key::from_word(known.trim_start_matches('-')).map(Key::word)
        }
        _ => None,
    }
}

/// Whether some command has an option of this name.
pub(super) fn is_option(word: &str) -> bool {
    let option = word.replace('_', "-");
    let has = |command: &clap::Command| {
        command.get_arguments().any(|argument| argument.get_long() == Some(&option))
    };
    let root = Root::command();
    has(&root) || root.get_subcommands().any(has)
}
