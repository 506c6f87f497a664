//! Turning the log on, as the options say.

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

use crate::cli::Failure;
use crate::cli::args::GlobalArguments;
use crate::cli::output::{OutputKind, Outputs};
use crate::cli::terminal::Screen;
use crate::engine::Clock;
use crate::reporter::Zone;

use super::layer::LogLayer;

/// Starts the log that is asked for. Without `-v`, a file holds warnings and errors.
pub(crate) fn start_log(
    global: &GlobalArguments,
    (screen, outputs): (Screen, &Outputs),
    (zone, clock): (&Zone, &Clock),
) -> Result<(), Failure> {
    let level = match (global.verbose, &global.log_file) {
        (0, None) => return Ok(()),
        (0, Some(_)) => Level::WARN,
        (1, _) => Level::DEBUG,
        _ => Level::TRACE,
    };
    if let Some(path) = &global.log_file {
        let file = outputs.append(OutputKind::Log, path)?;
        screen.log_to(path, file)?;
    }
    let own_words = Targets::new().with_target("mde_offboard", level);
    let format = global.log_format;
    let (zone, clock) = (zone.clone(), clock.clone());
    let log = LogLayer { format, zone, clock, screen };
    tracing_subscriber::registry().with(log).with(own_words).init();
    let (version, pid) = (env!("CARGO_PKG_VERSION"), std::process::id());
    tracing::info!(target: "mde_offboard::program", version, pid, "started");
    Ok(())
}
