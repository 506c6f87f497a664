//! The app's secret from a command that prints it.
//!
//! It is run again at each renewal of the token, so a secret that was replaced is found.

use std::ffi::OsString;
use std::time::Duration;

use crate::cli::terminal::Screen;
use crate::defender::SecretSource;
use crate::domain::text::excerpt;

use super::printed_secret::SecretProgram;
use super::secret_file::one_line;

/// What a program prints, which is called with its arguments.
pub(super) fn client_secret(
    words: Vec<OsString>,
    (limit, screen): (Duration, Screen),
) -> SecretSource {
    let name = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
    let name = excerpt(&name);
    let program = SecretProgram { words, name: format!("`{name}` (secret_command)") };
    program.source((limit, screen), |program| {
        Box::pin(async move {
            let name = &program.name;
            let printed = program.run().await.map_err(|failure| {
                let not_there = || format!("{name} is not there; write its whole path");
                let failed = |how: &str| {
                    format!("{name} failed with {how}; what it wrote to standard error is above")
                };
                failure.words(name, not_there, failed)
            })?;
            one_line(printed).map_err(|why| format!("what {name} prints {why}"))
        })
    })
}
