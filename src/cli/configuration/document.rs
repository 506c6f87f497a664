//! From the text of a file to its settings: each checked, with its line.
//!
//! All profiles are checked, also those that are not named: a mistake is found when it is made.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::cli::Failure;
use crate::cli::paths::shown;
use crate::domain::text::{escaped, prose};

use super::fault::{self, FileText};
use super::file::{ConfigurationFile, FileChoice};
use super::key::{Key, Trust, ValueShape};
use super::origin::FileLine;
use super::profile_name;
use super::unknown;
use super::value;

/// The table that holds the profiles.
const PROFILE: &str = "profile";

/// Longest reason that a TOML error is shown with, in characters.
const REASON_CHARS_MAX: usize = 200;

/// A setting of the file, in the texts of its option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenSetting {
    pub(super) key: Key,
    pub(super) texts: Vec<OsString>,
    pub(super) at: FileLine,
    /// Where its key is in the text.
    span: Range<usize>,
}

/// A tenant with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenProfile {
    pub(super) name: String,
    pub(super) settings: Vec<WrittenSetting>,
}

/// What a file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) settings: Vec<WrittenSetting>,
    pub(super) profiles: Vec<WrittenProfile>,
}

type WrittenKey<'a> = Spanned<Cow<'a, str>>;
type WrittenValue<'a> = Spanned<DeValue<'a>>;

impl Document {
    /// Reads and checks the text of a file.
    pub(super) fn parse(file: &ConfigurationFile, text: &str) -> Result<Self, Failure> {
        let line_starts = fault::line_starts(text);
        let text = FileText { path: &file.path, text, line_starts: &line_starts };
        let reading = Reading { file, text };
        let table = DeTable::parse(text.text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let why = prose(error.message(), REASON_CHARS_MAX);
            let hint = if why.starts_with("duplicate") {
                "keep one of the two"
            } else {
                "write one setting a line: KEY = \"VALUE\"; texts are in quotes"
            };
            reading.text.fault(&span, &why).hint(hint)
        })?;
        let mut document = Self::default();
        for (key, value) in in_order(table.get_ref()) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                (PROFILE, DeValue::Table(profiles)) => {
                    document.profiles = reading.profiles(profiles)?;
                }
                (PROFILE, _) => return Err(reading.no_table(&value.span())),
                (name, DeValue::Table(_)) if Key::from_word(name).is_none() => {
                    return Err(unknown::table(reading.text, name, &key.span()));
                }
                _ => document.settings.push(reading.setting(key, value)?),
            }
        }
        reading.check_secret(&document.settings)?;
        Ok(document)
    }
}

/// The first mistake of a file is the one that is told.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<(&'t WrittenKey<'i>, &'t WrittenValue<'i>)> {
    let mut rows: Vec<_> = table.iter().collect();
    rows.sort_by_key(|(key, _)| key.span().start);
    rows
}

struct Reading<'a> {
    file: &'a ConfigurationFile,
    text: FileText<'a>,
}

impl Reading<'_> {
    fn profiles(&self, table: &DeTable<'_>) -> Result<Vec<WrittenProfile>, Failure> {
        let mut profiles: Vec<WrittenProfile> = Vec::new();
        let mut known = HashMap::new();
        for (key, value) in in_order(table) {
            let name = key.get_ref().as_ref();
            if let Some(why) = profile_name::objection(name) {
                let said = format!("`{}` cannot be a profile: {why}", escaped(name));
                return Err(self.text.fault(&key.span(), &said).hint("give it another name"));
            }
            if let Some(known) = known.insert(name.to_ascii_lowercase(), name) {
                let said = format!("profiles `{known}` and `{name}` differ only in case");
                return Err(self.text.fault(&key.span(), &said).hint("rename one of them"));
            }
            let DeValue::Table(settings) = value.get_ref() else {
                return Err(self.no_table(&value.span()));
            };
            let settings = in_order(settings).into_iter();
            let settings = settings.map(|(key, value)| self.setting(key, value));
            let settings = settings.collect::<Result<Vec<_>, _>>()?;
            self.check_secret(&settings)?;
            profiles.push(WrittenProfile { name: name.to_owned(), settings });
        }
        Ok(profiles)
    }

    fn setting(
        &self,
        key: &WrittenKey<'_>,
        value: &WrittenValue<'_>,
    ) -> Result<WrittenSetting, Failure> {
        let (name, span) = (key.get_ref().as_ref(), key.span());
        let known = Key::from_word(name).filter(|key| key.shape() != ValueShape::Absent);
        let Some(known) = known else { return Err(unknown::key(self.text, name, &span)) };
        if let Some(trust) = known.trust().filter(|_| self.file.found == FileChoice::InFolder) {
            return Err(self.not_here(known, trust, &span));
        }
        let texts = value::texts(self.file, self.text, known, value)?;
        let at = FileLine { file: self.file.path.clone(), line: self.text.line(span.start) };
        Ok(WrittenSetting { key: known, texts, at, span })
    }

    /// A file and a command for the secret exclude each other.
    fn check_secret(&self, settings: &[WrittenSetting]) -> Result<(), Failure> {
        let places =
            |setting: &&WrittenSetting| matches!(setting.key, Key::SecretFile | Key::SecretCommand);
        let Some(second) = settings.iter().filter(places).nth(1) else { return Ok(()) };
        let said = "`secret_file` and `secret_command` exclude each other";
        Err(self.text.fault(&second.span, said).hint("keep one of them"))
    }

    fn not_here(&self, key: Key, trust: Trust, span: &Range<usize>) -> Failure {
        let what = match trust {
            Trust::Host => "name a host, or whom to trust",
            Trust::Secret => "name a secret",
            Trust::Command => "name a command",
            Trust::Identity => "choose how to sign in",
        };
        let said = format!(
            "`{}` cannot be set here: a file that only lies in the current folder may not {what}, \
             since someone else may have put it there",
            key.word()
        );
        self.text.fault(span, &said).hint(format!(
            "if you trust the file, name it: --config {}; or move the line to your own \
             configuration",
            shown(&self.file.path)
        ))
    }

    fn no_table(&self, span: &Range<usize>) -> Failure {
        let said = "a profile is a table, not a value";
        self.text.fault(span, said).hint("write [profile.NAME], and its settings below it")
    }
}
