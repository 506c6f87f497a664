//! A value as it may be shown: never a secret, nor any part of one.

use std::ffi::{OsStr, OsString};

use crate::domain::text::{escaped, escaped_bytes};

use super::key::Key;

/// In place of a secret that is set.
const HIDDEN: &str = "set, not shown";

/// Words for a value.
pub(super) fn shown_value(key: Key, texts: &[OsString]) -> String {
    match key {
        Key::ClientSecret | Key::Token => HIDDEN.to_owned(),
        Key::SecretFile => format!("secret_file {}", words(texts)),
        Key::SecretCommand => command(texts),
        Key::Proxy | Key::ApiUrl | Key::AuthorityUrl => {
            escaped(&with_hidden_password(&texts.join(OsStr::new(" ")).to_string_lossy()))
        }
        _ => words(texts),
    }
}

fn words(texts: &[OsString]) -> String {
    escaped_bytes(texts.join(OsStr::new(" ")).as_encoded_bytes())
}

/// An argument may be a password for what keeps the secret.
fn command(texts: &[OsString]) -> String {
    let program = format!("secret_command {}", words(&texts[..texts.len().min(1)]));
    match texts.len().saturating_sub(1) {
        0 => program,
        1 => format!("{program}, with 1 argument"),
        more => format!("{program}, with {more} arguments"),
    }
}

/// An address with dots for what stands before its `@`.
fn with_hidden_password(url: &str) -> String {
    match split_at_host(url) {
        Some((scheme, host)) => format!("{scheme}...@{host}"),
        None => url.to_owned(),
    }
}

/// An address without what stands before its `@`: a name there may be a secret as well.
pub(crate) fn without_password(url: &str) -> String {
    match split_at_host(url) {
        Some((scheme, host)) => format!("{scheme}{host}"),
        None => url.to_owned(),
    }
}

/// What stands before a user name and a password, and after them; none: there are none.
fn split_at_host(url: &str) -> Option<(&str, &str)> {
    let scheme = url.find("://").map_or(0, |at| at + "://".len());
    let (scheme, rest) = url.split_at(scheme);
    rest.rsplit_once('@').map(|(_, host)| (scheme, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let shown = |key, texts: &[&str]| {
            let texts: Vec<OsString> = texts.iter().map(Into::into).collect();
            shown_value(key, &texts)
        };
        for key in [Key::ClientSecret, Key::Token] {
            assert_eq!(shown(key, &["hunter2"]), HIDDEN);
        }
        let said = shown(Key::SecretCommand, &["op", "--password", "hunter2"]);
        assert_eq!(said, "secret_command op, with 2 arguments");
        for url in ["http://me:hunter2@proxy:8080/", "me:hun@ter2@proxy:8080/", "http://hunter2@p"]
        {
            let said = shown(Key::Proxy, &[url]);
            assert!(!said.contains("hun") && !said.contains("ter2"), "{said}");
            let carried = without_password(url);
            assert!(!carried.contains("hun") && !carried.contains("ter2"), "{carried}");
        }
        assert_eq!(without_password("http://me:hunter2@proxy:8080"), "http://proxy:8080");
        assert_eq!(shown(Key::Proxy, &["http://proxy:8080"]), "http://proxy:8080");
    }
}
