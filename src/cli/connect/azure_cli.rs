//! The Azure CLI as a process: `az account get-access-token`.
//!
//! Deliberately absent: what it printed (`defender`), and keeping the token.

use std::time::Duration;

use secrecy::SecretString;

use crate::cli::terminal::Screen;
use crate::defender::SecretSource;
use crate::domain::quoted;

use super::printed_secret::SecretProgram;

/// On Windows it is a script, which the standard library starts with `cmd` and quotes for it.
const PROGRAM: &str = if cfg!(windows) { "az.cmd" } else { "az" };

/// What it prints for the API `resource`, in a tenant or in the one that it is signed in to.
pub(super) fn token(
    (resource, tenant_id): (&str, Option<&str>),
    (limit, screen): (Duration, Screen),
) -> SecretSource {
    let words =
        [PROGRAM, "account", "get-access-token", "--output", "json", "--resource", resource];
    let words = words.into_iter().chain(tenant_id.into_iter().flat_map(|id| ["--tenant", id]));
    let login = match tenant_id {
        Some(id) => format!("az login --tenant {}", quoted(id)),
        None => "az login".to_owned(),
    };
    let words = words.map(Into::into).collect();
    let program = SecretProgram { words, name: format!("`{PROGRAM} account get-access-token`") };
    program.source((limit, screen), move |program| {
        let login = login.clone();
        Box::pin(async move {
            let name = &program.name;
            let printed = program.run().await.map_err(|failure| {
                let not_there = || {
                    format!(
                        "`{PROGRAM}` is not on PATH; install the Azure CLI and run `{login}`, or \
                         sign in another way with --auth"
                    )
                };
                let failed = |how: &str| {
                    format!(
                        "{name} failed with {how}; what it wrote to standard error is above. Often \
                         `{login}` helps"
                    )
                };
                failure.words(name, not_there, failed)
            })?;
            Ok(SecretString::from(String::from_utf8_lossy(&printed).into_owned()))
        })
    })
}
