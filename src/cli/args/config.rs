//! `config`: the file of settings.

use clap::{Args, Subcommand};

use super::ConnectionArguments;

/// `config show` and `config init`
#[derive(Debug, Args)]
pub(crate) struct ConfigArguments {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting, where it comes from and what it overrides; never a secret
    Show(Box<ConfigShowArguments>),
    /// Write a commented file of settings, to be filled in: --config PATH, or in your user
    /// configuration folder
    Init,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigShowArguments {
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}
