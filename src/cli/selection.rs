//! Only some machines of a batch: `--machines`, `--only`, `--code`.

use std::collections::HashSet;
use std::path::Path;

use crate::domain::MachineId;
use crate::journal::Filter;

use super::args::{ColumnArguments, SelectionArguments};
use super::failure::Failure;
use super::input::{Empty, Lists};

/// The filter that the options describe; without any, all machines.
pub(crate) fn filter(given: &SelectionArguments) -> Result<Filter, Failure> {
    Ok(Filter {
        states: given.states(),
        machines: given.machines.as_deref().map(machines).transpose()?,
        code: given.code.clone(),
    })
}

fn machines(path: &Path) -> Result<HashSet<MachineId>, Failure> {
    let mut machines = HashSet::new();
    let files = [path.to_owned()];
    let lists = Lists::read(&files, &ColumnArguments::default(), Empty::Refused, |_, row| {
        machines.insert(row.id);
        Ok(())
    })?;
    lists.refuse_rejects()?;
    Ok(machines)
}
