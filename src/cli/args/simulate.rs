//! Rehearsals: the embedded simulator, and the simulator as a program of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::value;
use crate::domain::{MachineId, Window};
use crate::simulator::{DevicePerson, Faults, Shifting, SimulatedMachine};

/// `--simulate`, for commands that only open the journal.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct SimulateArguments {
    /// Use the journal of rehearsals instead of your own
    #[arg(long)]
    pub(crate) simulate: bool,
}

/// `--simulate`, for commands that talk to Defender.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct RehearsalArguments {
    /// Rehearse against a built-in Defender simulator, with a separate journal; no tenant is
    /// touched
    #[arg(long)]
    pub(crate) simulate: bool,
    /// Random seed of the simulator: the same seed gives the same run [default: 1]
    #[arg(long, value_name = "N", requires = "simulate")]
    pub(crate) seed: Option<u64>,
    /// What goes wrong in the simulator: nothing, an ordinary bad day, or everything that a run can
    /// survive [default: none]
    #[arg(long, value_name = "PLAN", requires = "simulate")]
    pub(crate) faults: Option<FaultsWord>,
    /// What the listed machines are like in the simulator: a mix of all that a plan can meet, or
    /// ordinary machines alone [default: mixed]
    #[arg(long, value_name = "KIND", requires = "simulate")]
    pub(crate) fleet: Option<FleetWord>,
}

/// `--fleet`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FleetWord {
    // Every class of a plan, decided by the IDs
    #[default]
    Mixed,
    // Active, onboarded Windows machines
    Ordinary,
}

impl FleetWord {
    /// The machine that an ID of a list becomes.
    pub(crate) fn machine(self, id: MachineId, name: Option<&str>, seed: u64) -> SimulatedMachine {
        let machine = SimulatedMachine::from_id(id, name, seed);
        match self {
            Self::Mixed => machine,
            Self::Ordinary => SimulatedMachine::onboarded(id, &machine.name),
        }
    }
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

/// `--shifting-pages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShiftingWord {
    // The inventory holds still
    Never,
    // In the first reading
    Once,
    // In every reading
    Always,
}

impl ShiftingWord {
    pub(crate) const fn shifting(self) -> Shifting {
        match self {
            Self::Never => Shifting::Never,
            Self::Once => Shifting::Once,
            Self::Always => Shifting::Always,
        }
    }
}

/// `--person`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PersonWord {
    // After a moment
    SignsIn,
    Declines,
    Never,
}

impl PersonWord {
    pub(crate) const fn person(self) -> DevicePerson {
        match self {
            Self::SignsIn => DevicePerson::SignsInAfter(1),
            Self::Declines => DevicePerson::Declines,
            Self::Never => DevicePerson::Never,
        }
    }
}

impl FaultsWord {
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

    /// In a rehearsal: the machine that an ID of the input becomes.
    pub(crate) fn machine(self, id: MachineId, name: Option<&str>) -> Option<SimulatedMachine> {
        let fleet = self.fleet.unwrap_or_default();
        self.simulate.then(|| fleet.machine(id, name, self.seed()))
    }
}

/// Options of `simulator`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SimulatorArguments {
    /// Write a sample portal export of N machines instead of running the simulator
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) sample: Option<u32>,
    /// Give one row in a hundred of the sample another name than the simulated tenant has: the plan
    /// of such a list is refused
    #[arg(long, requires = "sample")]
    pub(crate) differing_names: bool,
    /// File to write the sample to [default: standard output]
    #[arg(long, value_name = "FILE", requires = "sample")]
    pub(crate) output: Option<PathBuf>,
    /// Loopback address to listen on; port 0 picks a free port
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:0",
        conflicts_with = "sample"
    )]
    pub(crate) listen: SocketAddr,
    /// Lists of the machines in the simulated tenant
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "sample")]
    pub(crate) machines: Vec<PathBuf>,
    /// Number of test machines to add to the tenant [default: two for each one listed, at least 100
    /// and at most 200000]
    #[arg(long, value_name = "N", conflicts_with = "sample",
          value_parser = clap::value_parser!(u32).range(0..=2_000_000))]
    pub(crate) others: Option<u32>,
    /// Rate limit that the simulator enforces; can be repeated [default: 100/1m and 1500/1h]
    #[arg(long = "limit", value_name = "COUNT/WINDOW", value_parser = value::window,
          conflicts_with = "sample")]
    pub(crate) limits: Vec<Window>,
    /// How long each answer takes, such as 20ms or 5ms-40ms
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = value::latency,
          conflicts_with = "sample")]
    pub(crate) latency: (Duration, Duration),
    /// Speed of actions: 60 is 60 times faster than in reality
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = value::speed,
          conflicts_with = "sample")]
    pub(crate) speed: f64,
    /// Share of machines that are switched off: their actions stay pending
    #[arg(long, value_name = "SHARE", default_value = "0%", value_parser = value::share,
          conflicts_with = "sample")]
    pub(crate) pending_share: f64,
    /// Share of machines whose action fails
    #[arg(long, value_name = "SHARE", default_value = "0%", value_parser = value::share,
          conflicts_with = "sample")]
    pub(crate) fail_share: f64,
    /// Share of machines that a policy onboards again, 30 hours after their action
    #[arg(long, value_name = "SHARE", default_value = "0%", value_parser = value::share,
          conflicts_with = "sample")]
    pub(crate) return_share: f64,
    /// How often a machine moves between two pages while the inventory is read
    #[arg(long, value_name = "WHEN", default_value = "never", conflicts_with = "sample")]
    pub(crate) shifting_pages: ShiftingWord,
    /// List of machines that become what it says while the simulator runs: their names, systems,
    /// onboarding, tags and groups
    #[arg(long, value_name = "FILE", conflicts_with = "sample")]
    pub(crate) changes: Option<PathBuf>,
    /// After how many requests they change
    #[arg(long, value_name = "N", default_value_t = 0, requires = "changes")]
    pub(crate) changes_after: u64,
    /// Certificate that the app of the tenant signs in with, as PEM
    #[arg(long, value_name = "FILE", conflicts_with = "sample")]
    pub(crate) certificate: Option<PathBuf>,
    /// Permission in the tokens of the app and of a person, instead of all that are needed; can be
    /// repeated, and `none` is none
    #[arg(long = "permission", value_name = "NAME", conflicts_with = "sample")]
    pub(crate) permissions: Vec<String>,
    /// How long each token holds
    #[arg(long, value_name = "DURATION", default_value = "1h", conflicts_with = "sample",
          value_parser = value::duration_above_zero)]
    pub(crate) token_lifetime: Duration,
    /// What the person does who gets a device code
    #[arg(long, value_name = "WHAT", default_value = "signs-in", conflicts_with = "sample")]
    pub(crate) person: PersonWord,
    /// What goes wrong: nothing, an ordinary bad day, or everything that a run can survive
    #[arg(long, value_name = "PLAN", default_value = "none", conflicts_with = "sample")]
    pub(crate) faults: FaultsWord,
    /// What the listed machines are like: a mix of all that a plan can meet, or ordinary machines
    /// alone
    #[arg(long, value_name = "KIND", default_value = "mixed", conflicts_with = "sample")]
    pub(crate) fleet: FleetWord,
    /// Random seed: the same seed gives the same tenant
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}
