//! Options of `serve`.

use clap::Args;

use super::SimulateArguments;

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Port of 127.0.0.1 to listen on [default: any free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Open the page in your browser
    #[arg(long)]
    pub(crate) open: bool,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}
