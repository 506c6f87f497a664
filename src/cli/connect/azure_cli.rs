//! The Azure CLI as a process: `az account get-access-token`, without a shell.
//!
//! What it says on standard error goes to ours. Deliberately absent: its time limit and what it
//! printed (`defender`), and keeping the token.

use std::process::{Output, Stdio};

use secrecy::SecretString;
use tokio::process::Command;

use crate::defender::SecretSource;

/// On Windows it is a script, which the standard library starts with `cmd` and quotes for it.
const PROGRAM: &str = if cfg!(windows) { "az.cmd" } else { "az" };

/// What it prints for the API `resource`, in a tenant or in the one that it is signed in to.
pub(super) fn token(resource: &str, tenant_id: Option<&str>) -> SecretSource {
    let mut arguments = ["account", "get-access-token", "--output", "json", "--resource", resource]
        .map(str::to_owned)
        .to_vec();
    if let Some(tenant_id) = tenant_id {
        arguments.extend(["--tenant".to_owned(), tenant_id.to_owned()]);
    }
    let login = tenant_id.map(|id| format!("az login --tenant {id}"));
    let login = login.unwrap_or_else(|| "az login".to_owned());
    SecretSource::read_by(move || {
        let mut command = Command::new(PROGRAM);
        command.args(&arguments).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::inherit()).kill_on_drop(true);
        let login = login.clone();
        Box::pin(async move {
            let output = match command.spawn() {
                Ok(child) => child.wait_with_output().await,
                Err(error) => Err(error),
            };
            printed(output, &login)
        })
    })
}

fn printed(output: std::io::Result<Output>, login: &str) -> Result<SecretString, String> {
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!(
            "`{PROGRAM}` is not on PATH; install the Azure CLI and run `{login}`, or sign in \
             another way with --auth"
        ),
        _ => format!("`{PROGRAM}` cannot be started: {error}"),
    })?;
    if !output.status.success() {
        return Err(format!(
            "`{PROGRAM} account get-access-token` failed ({}); what it said is above. Often \
             `{login}` helps",
            output.status
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(SecretString::from(text))
}
