//! Rehearsals: the embedded simulator, and the simulator as a program of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::value;
use crate::domain::{MachineId, Window};
use crate::simulator::{Faults, SimulatedMachine};

/// `--simulate`, for commands that only open the journal.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Rehearsal")]
pub(crate) struct SimulateArguments {
    /// Use the journal of rehearsals
    #[arg(long)]
    pub(crate) simulate: bool,
}

/// `--simulate`, for commands that talk to Defender.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Rehearsal")]
pub(crate) struct RehearsalArguments {
    /// Rehearse: the same code against an embedded simulator, in a journal of its own
    #[arg(long)]
    pub(crate) simulate: bool,
    /// What the simulator's chance begins with [default: 1]
    #[arg(long, value_name = "N", requires = "simulate")]
    pub(crate) seed: Option<u64>,
    /// What the simulator does wrong [default: none]
    #[arg(long, value_name = "PLAN", requires = "simulate")]
    pub(crate) faults: Option<FaultsWord>,
}

/// `--faults`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FaultsWord {
    // Nothing
    #[default]
    None,
    // An ordinary bad day
    Flaky,
    // All that a run can live through, often
    Hostile,
}

impl FaultsWord {
    /// The plan that the word names.
    pub(crate) const fn faults(self) -> Faults {
        match self {
            Self::None => Faults::None,
            Self::Flaky => Faults::Flaky,
            Self::Hostile => Faults::Hostile,
        }
    }
}

impl RehearsalArguments {
    /// What chance begins with where nothing else is said.
    const SEED: u64 = 1;

    pub(crate) fn seed(self) -> u64 {
        self.seed.unwrap_or(Self::SEED)
    }

    pub(crate) fn faults(self) -> Faults {
        self.faults.unwrap_or_default().faults()
    }

    /// In a rehearsal: the machine that an ID of the input stands for.
    pub(crate) fn machine(self, id: MachineId, name: Option<&str>) -> Option<SimulatedMachine> {
        self.simulate.then(|| SimulatedMachine::from_id(id, name, self.seed()))
    }
}

/// Options of `simulator`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SimulatorArguments {
    /// Write a sample portal export of this many machines instead of serving
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) sample: Option<u32>,
    /// Where to write the export [default: standard output]
    #[arg(long, value_name = "FILE", requires = "sample")]
    pub(crate) output: Option<PathBuf>,
    /// Loopback address to serve on; port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:0",
        conflicts_with = "sample"
    )]
    pub(crate) listen: SocketAddr,
    /// Lists of machines that the tenant holds
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "sample")]
    pub(crate) machines: Vec<PathBuf>,
    /// How many more test machines it holds
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "sample",
          value_parser = clap::value_parser!(u32).range(0..=2_000_000))]
    pub(crate) others: u32,
    /// Rate limits that it holds callers to; repeatable [default: 100/1m and 1500/1h]
    #[arg(long = "limit", value_name = "COUNT/WINDOW", value_parser = value::window,
          conflicts_with = "sample")]
    pub(crate) limits: Vec<Window>,
    /// How long an answer takes, like 20ms or 5ms-40ms
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = value::latency,
          conflicts_with = "sample")]
    pub(crate) latency: (Duration, Duration),
    /// How much faster than in life an action goes through its states
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = value::speed,
          conflicts_with = "sample")]
    pub(crate) speed: f64,
    /// Share of the machines that are switched off: their action stays pending
    #[arg(long, value_name = "SHARE", default_value = "0%", value_parser = value::share,
          conflicts_with = "sample")]
    pub(crate) pending_share: f64,
    /// Share of the machines whose action fails
    #[arg(long, value_name = "SHARE", default_value = "0%", value_parser = value::share,
          conflicts_with = "sample")]
    pub(crate) fail_share: f64,
    /// What it does wrong
    #[arg(long, value_name = "PLAN", default_value = "none", conflicts_with = "sample")]
    pub(crate) faults: FaultsWord,
    /// What chance begins with: the same seed is the same tenant
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}
