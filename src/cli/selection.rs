//! Only some machines of a batch: `--machines`, `--only`, `--code`.

use std::collections::HashSet;
use std::path::Path;

use crate::domain::MachineId;
use crate::journal::Filter;

use super::args::{ColumnArguments, SelectionArguments};
use super::failure::Failure;
use super::input::{Lists, Request};
use super::screen::Screen;
use super::source;

/// The filter that the options describe; without any, all machines.
pub(crate) fn filter(screen: Screen, given: &SelectionArguments) -> Result<Filter, Failure> {
    Ok(Filter {
        states: given.states(),
        machines: given.machines.as_deref().map(|path| machines(screen, path)).transpose()?,
        code: given.code.clone(),
    })
}

fn machines(screen: Screen, path: &Path) -> Result<HashSet<MachineId>, Failure> {
    let mut machines = HashSet::new();
    let files = [path.to_owned()];
    source::check(&files, screen)?;
    let columns = ColumnArguments::default();
    let lists = Lists::read(&Request::of(&files, &columns, screen), |_, row| {
        machines.insert(row.id);
        Ok(())
    })?;
    lists.refuse_rejects()?;
    Ok(machines)
}
