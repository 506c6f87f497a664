//! What is said of a key or a table that nobody knows: which one was meant.

use std::ops::Range;

use crate::cli::Failure;
use crate::domain::text::excerpt;

use super::configured_options::{is_option, nearest};
use super::fault::FileText;
use super::key::{Key, ValueShape};
use super::profile_name;

pub(super) fn table(text: FileText<'_>, name: &str, span: &Range<usize>) -> Failure {
    let shown = excerpt(name);
    let said = format!("there is no table `{shown}`");
    let is_name = profile_name::objection(name).is_none() && name != "profiles";
    let name = if is_name { &shown } else { "NAME" };
    text.fault(span, &said).hint(format!("a tenant is written as [profile.{name}]"))
}

pub(super) fn key(text: FileText<'_>, name: &str, span: &Range<usize>) -> Failure {
    let (shown, word) = (excerpt(name), name.replace('-', "_").to_ascii_lowercase());
    let said = format!("there is no setting `{shown}`");
    let can_be_written = |key: &Key| key.shape() != ValueShape::Absent;
    if let Some(key) = Key::from_word(&word).filter(can_be_written) {
        return text.fault(span, &said).hint(format!("write `{}`", key.word()));
    }
    if is_secret(&word) {
        let said = format!("`{shown}`: a secret does not belong in this file");
        return text.fault(span, &said).hint(
            "name the file that holds it (`secret_file`) or the command that prints it \
             (`secret_command`), or set AZURE_CLIENT_SECRET",
        );
    }
    let hint = match nearest(&word) {
        Some(known) => format!("did you mean `{known}`?"),
        None if is_option(&word) => {
            let option = word.replace('_', "-");
            format!("it is for one command, not for a tenant: give --{option} there")
        }
        None => {
            let all: Vec<&str> =
                Key::ALL.into_iter().filter(can_be_written).map(Key::word).collect();
            format!("these are known: {}", all.join(", "))
        }
    };
    text.fault(span, &said).hint(hint)
}

/// Whether a key sounds like a secret itself.
fn is_secret(word: &str) -> bool {
    ["secret", "password", "token", "client_key"].iter().any(|end| word.ends_with(end))
}
