//! The program as a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use mde_offboard::simulator::TenantOptions;

/// The program, away from the settings of the person who measures.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mde-offboard"));
    command
        .env_clear()
        .env("HOME", folder)
        .env("MDE_OFFBOARD_JOURNAL", folder.join("journal.db"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Adds how a simulator for Defender is reached.
pub(crate) fn connected(mut command: Command, url: &str) -> Command {
    let app = TenantOptions::default();
    command
        .args(["--api-url", url, "--authority-url", url])
        .args(["--tenant-id", &app.tenant_id, "--client-id", &app.client_id])
        .env("AZURE_CLIENT_SECRET", &app.client_secret);
    command
}

/// A child that does not outlive its guard.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed, and need not be.
        drop(self.0.kill());
        self.0.wait().expect("a child of ours can be waited for");
    }
}
