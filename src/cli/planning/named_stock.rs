//! What is staged, as soon as it is known: with `--by-name` only after the tenant was read.

use crate::engine::{RunOptions, TenantSnapshot};

use crate::cli::args::InputArguments;
use crate::cli::connect::OnlineSession;
use crate::cli::list::staging::{self, ReadLists, Stock};
use crate::cli::planning::making;
use crate::cli::{Context, Failure};
use crate::journal::Journal;
use crate::simulator::SimulatedMachine;

/// A list before the sign-in.
pub(crate) enum Unsigned {
    Known(Box<Stock>),
    /// Its names are known, its machines are not.
    Named(Box<ReadLists>),
}

impl Unsigned {
    /// None where there is nothing to do.
    pub(crate) fn of(
        context: &Context,
        journal: &mut Journal,
        input: &InputArguments,
        lists: ReadLists,
    ) -> Result<Option<Self>, Failure> {
        if input.by_name {
            return Ok(Some(Self::Named(Box::new(lists))));
        }
        Ok(staging::settle(context, journal, input, lists)?
            .map(|stock| Self::Known(Box::new(stock))))
    }

    /// In a rehearsal: the machines as the simulator has them.
    pub(crate) fn rehearsed(&self) -> &[SimulatedMachine] {
        match self {
            Self::Known(stock) => &stock.rehearsed,
            Self::Named(lists) => &lists.rehearsed,
        }
    }

    pub(crate) const fn stock(&self) -> Option<&Stock> {
        match self {
            Self::Known(stock) => Some(stock),
            Self::Named(_) => None,
        }
    }

    /// The stock, and what the tenant said where it had to be asked for it; none where there is
    /// nothing to do.
    pub(crate) fn signed_in(
        self,
        online: &mut OnlineSession<'_>,
        input: &InputArguments,
        options: &RunOptions,
    ) -> Result<Option<(Stock, Option<TenantSnapshot>)>, Failure> {
        match self {
            Self::Known(stock) => Ok(Some((*stock, None))),
            Self::Named(mut lists) => {
                let snapshot = making::read_tenant(online, options)?;
                lists.resolved(online.journal.resolve_names()?);
                let stock = staging::settle(online.context, online.journal, input, *lists)?;
                Ok(stock.map(|stock| (stock, Some(snapshot))))
            }
        }
    }
}
