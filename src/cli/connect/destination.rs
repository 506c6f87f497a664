//! Where a command's requests go: to Defender, or to the embedded simulator.

use tokio::runtime::Runtime;

use crate::domain::Window;
use crate::engine::RunOptions;
use crate::journal::Batch;
use crate::simulator::SimulatedMachine;

use crate::cli::args::{ConnectionArguments, Rehearsal, RehearsalArguments};
use crate::cli::connect::connection::{Patience, Signed, Target};
use crate::cli::connect::simulation::{self, Simulation};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::options::Law;

/// Where requests go.
pub(crate) enum Destination<'a> {
    /// To the embedded simulator.
    Rehearsal { rehearsal: Rehearsal, given: &'a ConnectionArguments },
    /// To the address that was given, or to Defender.
    Defender(Box<Target>),
}

/// What a sign-in is for.
pub(crate) enum Begins<'a> {
    /// A list, of which nothing is in the journal: it waits here for a connection.
    Anew(Patience),
    /// A batch, which waits for a connection by itself.
    Again(&'a Batch),
}

/// A signed-in client, and the simulator that it talks to, if it does.
pub(crate) struct Link {
    pub(crate) signed: Signed,
    _simulation: Option<Simulation>,
}

impl<'a> Destination<'a> {
    /// Resolves options and environment; `remembered` is the batch that goes on.
    pub(crate) fn of(
        given: &'a ConnectionArguments,
        rehearsal: RehearsalArguments,
        remembered: Option<&Batch>,
    ) -> Result<Self, Failure> {
        Ok(match rehearsal.rehearsal() {
            Some(rehearsal) => Self::Rehearsal { rehearsal, given },
            None => Self::Defender(Box::new(Target::defender(given, remembered)?)),
        })
    }

    /// Which limits can be loosened there.
    pub(crate) fn law(&self) -> Law {
        match self {
            Self::Rehearsal { .. } => Law::Loopback,
            Self::Defender(target) => target.law(),
        }
    }

    /// The options of a batch for which nothing is given.
    pub(crate) fn defaults(&self) -> RunOptions {
        match self {
            Self::Rehearsal { .. } => simulation::options(),
            Self::Defender(_) => RunOptions::default(),
        }
    }

    /// Signs in to the tenant of a batch that goes on; another tenant is refused.
    pub(crate) fn sign_in_again(
        self,
        runtime: &Runtime,
        batch: &Batch,
        machines: Vec<SimulatedMachine>,
        limits: &[Window],
    ) -> Result<Link, Failure> {
        let link =
            self.sign_in(runtime, &batch.tenant.id, machines, limits, Begins::Again(batch))?;
        let (tenant, found) = (&batch.tenant, &link.signed.tenant);
        if found == tenant {
            return Ok(link);
        }
        let said = format!(
            "the batch belongs to tenant {} ({}), not to {} ({})",
            tenant.id,
            tenant.realm.word(),
            found.id,
            found.realm.word()
        );
        Err(Failure::new(Exit::Usage, said)
            .hint("--tenant-id, --api-url and --cloud may be left out: the batch remembers them"))
    }

    /// Signs in. `rehearsed` is the tenant of a rehearsal, which holds `machines` among others and
    /// holds callers to `limits`.
    pub(crate) fn sign_in(
        self,
        runtime: &Runtime,
        rehearsed: &str,
        machines: Vec<SimulatedMachine>,
        limits: &[Window],
        begins: Begins<'_>,
    ) -> Result<Link, Failure> {
        let (target, simulation) = match self {
            Self::Defender(target) => (*target, None),
            Self::Rehearsal { rehearsal, given } => {
                let simulation = Simulation::start(rehearsed, machines, limits, rehearsal)?;
                (Target::simulation(&simulation, given)?, Some(simulation))
            }
        };
        let (remembered, patience) = match begins {
            Begins::Anew(patience) => (None, Some(patience)),
            Begins::Again(batch) => (Some(batch), None),
        };
        let signed = runtime.block_on(target.sign_in(remembered, patience))?;
        Ok(Link { signed, _simulation: simulation })
    }
}
