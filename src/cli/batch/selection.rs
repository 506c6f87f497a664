//! Only some machines of a batch: `--machines`, `--only`, `--code`.

use std::collections::HashSet;
use std::path::Path;

use crate::domain::quoted;
use crate::domain::{MachineId, State};
use crate::journal::Filter;

use crate::cli::Failure;
use crate::cli::args::{ColumnArguments, SelectionArguments};
use crate::cli::list::input::{ListRequest, Lists};
use crate::cli::list::source;
use crate::cli::paths::{is_standard_stream, shown};
use crate::cli::terminal::Screen;

/// The filter that the options describe; without any, all machines.
pub(crate) fn filter(screen: Screen, given: &SelectionArguments) -> Result<Filter, Failure> {
    Ok(Filter {
        states: given.states(),
        machines: given.machines.as_deref().map(|path| machines(screen, path)).transpose()?,
        code: given.code.clone(),
    })
}

/// The options again, for a command that continues with the same machines; each with a space ahead.
pub(crate) fn words(given: &SelectionArguments) -> String {
    let machines = given.machines.as_deref().map(|path| {
        let path = if is_standard_stream(path) { "-".to_owned() } else { quoted(&shown(path)) };
        format!(" --machines {path}")
    });
    let states: Vec<&str> = given.states().into_iter().map(State::word).collect();
    let only = (!states.is_empty()).then(|| format!(" --only {}", states.join(",")));
    let code = given.code.as_deref().map(|code| format!(" --code {}", quoted(code)));
    [machines, only, code].into_iter().flatten().collect()
}

fn machines(screen: Screen, path: &Path) -> Result<HashSet<MachineId>, Failure> {
    let mut machines = HashSet::new();
    let files = [path.to_owned()];
    source::check(&files, screen)?;
    let columns = ColumnArguments::default();
    let lists = Lists::read(&ListRequest::of(&files, &columns, screen), |_, row| {
        machines.insert(row.id);
        Ok(())
    })?;
    lists.refuse_rejects()?;
    Ok(machines)
}
