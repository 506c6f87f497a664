//! From a value of the file to the texts that its option would have.

use std::ffi::OsString;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use crate::cli::Failure;
use crate::defender::{AddressError, ApiUrl, AuthorityUrl};

use super::configured_options;
use super::fault::FileText;
use super::file::ConfigurationFile;
use super::key::{Key, ValueShape};

/// Checks a value as its option would; a path becomes one from the current folder.
pub(super) fn texts(
    file: &ConfigurationFile,
    text: FileText<'_>,
    key: Key,
    value: &Spanned<DeValue<'_>>,
) -> Result<Vec<OsString>, Failure> {
    let (word, span) = (key.word(), value.span());
    let example = || format!("for example: {}", example(key));
    let texts = written(key.shape(), value.get_ref()).map_err(|wanted| {
        let said = format!("`{word}` is {wanted}, not {}", kind(value.get_ref()));
        text.fault(&span, &said).hint(example())
    })?;
    let is_empty = |text: &String| text.trim().is_empty();
    let lacks = match key.shape() {
        // An empty argument is one.
        ValueShape::Command => texts.first().is_none_or(is_empty),
        _ => texts.is_empty() || texts.iter().any(is_empty),
    };
    if lacks {
        let hint = "fill it in, or put a `#` in front of the line";
        return Err(text.fault(&span, &format!("`{word}` is empty")).hint(hint));
    }
    match key.shape() {
        ValueShape::Command => Ok(with_program(file, texts)),
        ValueShape::Path => path(file, text, &texts[0], &span).map(|path| vec![path]),
        _ => {
            let trimmed: Vec<OsString> = texts.iter().map(|text| text.trim().into()).collect();
            if let Some(why) = configured_options::objection(key, &trimmed) {
                return Err(text.fault(&span, &why).hint(example()));
            }
            match address_error(key, texts[0].trim()) {
                None => Ok(trimmed),
                Some(error) => {
                    let failure = text.fault(&span, &format!("`{word}`: {error}"));
                    Err(failure.hint(error.hint()))
                }
            }
        }
    }
}

/// What is wrong with the address of a host.
pub(super) fn address_error(key: Key, text: &str) -> Option<AddressError> {
    match key {
        Key::ApiUrl => ApiUrl::parse(text).err(),
        Key::AuthorityUrl => AuthorityUrl::parse(text).err(),
        _ => None,
    }
}

/// The texts of a value; where it has another shape, what is wanted.
fn written(shape: ValueShape, value: &DeValue<'_>) -> Result<Vec<String>, &'static str> {
    let text = |text: &str| vec![text.to_owned()];
    match (shape, value) {
        (ValueShape::Command, DeValue::Array(items)) => {
            list(items).ok_or("a list of texts in quotes: the program, then each argument")
        }
        (ValueShape::Command, _) => {
            Err("a list, since no shell reads it: the program, then each argument")
        }
        (ValueShape::Texts, DeValue::Array(items)) => list(items).ok_or("a list of texts"),
        (ValueShape::Flag, DeValue::Boolean(flag)) => Ok(text(&flag.to_string())),
        (ValueShape::Flag, _) => Err("true or false"),
        (ValueShape::Amount, DeValue::Integer(number)) => {
            let written = number.as_str();
            let number = i128::from_str_radix(written, number.radix());
            // One that is too large is the option's to refuse.
            Ok(vec![number.map_or_else(|_| written.to_owned(), |number| number.to_string())])
        }
        (_, DeValue::String(said)) => Ok(text(said)),
        (ValueShape::Amount, _) => Err("a whole number, or a text in quotes"),
        _ => Err("a text in quotes"),
    }
}

fn list(items: &DeArray<'_>) -> Option<Vec<String>> {
    items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

/// A program that is named with a folder is one from the file's folder; others are on `PATH`.
fn with_program(file: &ConfigurationFile, words: Vec<String>) -> Vec<OsString> {
    let is_name = |word: &String| !word.contains(std::path::is_separator);
    let resolved = words.first().filter(|word| !is_name(word)).map(|word| file.resolve(word));
    let mut words: Vec<OsString> = words.into_iter().map(Into::into).collect();
    if let Some((program, resolved)) = words.first_mut().zip(resolved) {
        *program = resolved.into();
    }
    words
}

fn path(
    file: &ConfigurationFile,
    text: FileText<'_>,
    path: &str,
    span: &Range<usize>,
) -> Result<OsString, Failure> {
    if path.starts_with('~') {
        let said = "`~` is not your home folder here: no shell reads this file";
        return Err(text.fault(span, said).hint("write the path from its beginning"));
    }
    Ok(file.resolve(path).into())
}

const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A line that is right. `config init` writes them, commented out.
pub(super) fn example(key: Key) -> &'static str {
    match key {
        Key::TenantId => "tenant_id = \"72f988bf-0000-0000-0000-000000000000\"",
        Key::ClientId => "client_id = \"5d1e0000-0000-0000-0000-00000000c07a\"",
        Key::Cloud => "cloud = \"public\"",
        Key::Region => "region = \"eu\"",
        Key::ApiUrl => "api_url = \"https://api.security.microsoft.com\"",
        Key::AuthorityUrl => "authority_url = \"https://login.microsoftonline.com\"",
        Key::Auth => "auth = \"client-secret\"",
        Key::SecretFile => "secret_file = \"contoso.secret\"",
        Key::SecretCommand => "secret_command = [\"pass\", \"show\", \"mde/contoso\"]",
        Key::Certificate => "certificate = \"contoso.pem\"",
        Key::Proxy => "proxy = \"http://proxy.example.com:8080\"",
        Key::CaFile => "ca_file = \"company-ca.pem\"",
        Key::Timeout => "timeout = \"30s\"",
        Key::Journal => "journal = \"contoso.db\"",
        Key::Protect => "protect = \"protect.toml\"",
        Key::MaxMachines => "max_machines = 2000",
        Key::MaxShare => "max_share = \"20%\"",
        Key::Canary => "canary = 20",
        Key::CanaryWait => "canary_wait = \"1h\"",
        Key::MaxFailures => "max_failures = \"5%\"",
        Key::Between => "between = \"22:00-06:00 Europe/Berlin\"",
        Key::Limit => "limit = [\"50/1m\"]",
        Key::QuotaShare => "quota_share = \"50%\"",
        Key::SharedReads => "shared_reads = true",
        Key::Pace => "pace = \"steady\"",
        Key::Concurrency => "concurrency = 4",
        Key::OnUncertain => "on_uncertain = \"hold\"",
        Key::OfflineTimeout => "offline_timeout = \"12h\"",
        Key::TrackTimeout => "track_timeout = \"30m\"",
        Key::ClientSecret | Key::Token | Key::FederatedTokenFile => "",
    }
}
