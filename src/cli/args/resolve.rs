//! `resolve MACHINE...`: which machines, and what became of them.

use clap::Args;

use super::{BatchWord, ConnectionArguments, SelectionArguments, SimulateArguments};
use crate::domain::text::{in_line, is_guid};
use crate::domain::{ActionId, MachineId};

/// `resolve MACHINE...`
#[derive(Debug, Args)]
pub(crate) struct ResolveArguments {
    /// Machine IDs or device names; without a decision below, the choices are shown
    #[arg(value_name = "MACHINE", required_unless_present_any = ["machines", "only", "code"])]
    pub(crate) names: Vec<String>,
    /// Batch number, or `latest` [default: the only batch in which they are held]
    #[arg(long, value_name = "BATCH", value_parser = BatchWord::one)]
    pub(crate) batch: Option<BatchWord>,
    /// Do not ask for confirmation; needed where there is no terminal to ask on
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    decision: DecisionArguments,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
    #[command(flatten)]
    pub(crate) simulate: SimulateArguments,
}

/// Exactly one of them; without any, the machines and the choices are shown.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
struct DecisionArguments {
    /// Defender has no action: queue them again; `resume` then sends them
    #[arg(long)]
    resend: bool,
    /// Defender has this action for the one machine that you name: follow it. If there are
    /// credentials, it is looked up first
    #[arg(long, value_name = "ACTION_ID", value_parser = action)]
    submitted: Option<ActionId>,
    /// Leave them out for good
    #[arg(long)]
    skip: bool,
}

/// What a person says of held machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Queued again.
    Resend,
    /// Accepted, with this action.
    Submitted(ActionId),
    /// Left alone.
    Skip,
}

impl ResolveArguments {
    /// The decision; none where nothing was said yet.
    pub(crate) fn decision(&self) -> Option<Decision> {
        let DecisionArguments { resend, submitted, skip } = &self.decision;
        match submitted {
            Some(action) => Some(Decision::Submitted(action.clone())),
            None if *resend => Some(Decision::Resend),
            None if *skip => Some(Decision::Skip),
            None => None,
        }
    }
}

/// The ID of a machine looks like an action's, and the portal shows both side by side.
fn action(text: &str) -> Result<ActionId, String> {
    if MachineId::parse(text).is_ok() {
        return Err("this is the ID of a machine, not of an action".to_owned());
    }
    let text = text.trim();
    if !is_guid(text) {
        let text = text.chars().take(80).collect::<String>();
        return Err(format!(
            "`{}` is not an action ID, which looks like 5382f7ea-7557-4ab7-9782-d50480024a4e",
            in_line(&text)
        ));
    }
    ActionId::parse(&text.to_ascii_lowercase()).map_err(|error| error.to_string())
}
