//! The app's secret from a command that prints it, without a shell.
//!
//! It is run again at each renewal of the token, so a secret that was replaced is found. What it
//! says on standard error goes to ours, for it may say why it does not answer. Deliberately absent:
//! its time limit, which `SecretSource` keeps.

use std::process::{Output, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use tokio::process::Command;

use crate::defender::SecretSource;
use crate::domain::Span;
use crate::domain::text::excerpt;

use super::secret_file::one_line;

/// Longest time that it may take: it asks no person, who could not be seen from a scheduler.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// What a program prints, which is called with its arguments.
pub(super) fn client_secret(words: Vec<String>) -> SecretSource {
    let name = excerpt(words.first().map(String::as_str).unwrap_or_default());
    let limit = Span(TIME_LIMIT);
    let late = format!("`{name}` (secret_command) gave no secret within {limit}; try it by hand");
    SecretSource::read_within(TIME_LIMIT, late, move || {
        let mut words = words.iter();
        let mut command = Command::new(words.next().map(String::as_str).unwrap_or_default());
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(Stdio::inherit()).kill_on_drop(true);
        let name = name.clone();
        Box::pin(async move {
            let output = match command.spawn() {
                Ok(child) => child.wait_with_output().await,
                Err(error) => Err(error),
            };
            printed(output, &name)
        })
    })
}

fn printed(output: std::io::Result<Output>, name: &str) -> Result<SecretString, String> {
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("`{name}` (secret_command) is not there; write its whole path")
        }
        _ => format!("`{name}` (secret_command) cannot be started: {error}"),
    })?;
    if !output.status.success() {
        let code = output.status.code().map(|code| format!("exit code {code}"));
        let code = code.unwrap_or_else(|| output.status.to_string());
        return Err(format!("`{name}` (secret_command) failed with {code}; its words are above"));
    }
    one_line(output.stdout).map_err(|why| format!("what `{name}` (secret_command) prints {why}"))
}
