//! Only some machines of a batch: `--machines`, `--only`, `--code`.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use crate::domain::quoted;
use crate::domain::text::{in_line, plural};
use crate::domain::{Advice, BatchId, MachineId, State};
use crate::intake::RowKey;
use crate::journal::{Filter, Journal};
use crate::report::DeviceNames;
use crate::reporter::thousands;

use crate::cli::args::{ColumnArguments, SelectionArguments};
use crate::cli::list::input::{ListRequest, Lists};
use crate::cli::list::source;
use crate::cli::paths::{is_standard_stream, shown};
use crate::cli::terminal::Screen;
use crate::cli::{Exit, Failure};

/// Most names that are listed one by one: a screen of them.
const LISTED_MAX: usize = 20;

/// The filter that the options describe; without any, all machines. Names are looked up in a batch
/// of the journal, or in all.
pub(crate) fn filter(
    screen: Screen,
    given: &SelectionArguments,
    stock: (&Journal, Option<BatchId>),
) -> Result<Filter, Failure> {
    let machines = |path: &Path| machines(screen, path, stock);
    Ok(Filter {
        states: given.states(),
        machines: given.machines.as_deref().map(machines).transpose()?,
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

fn machines(
    screen: Screen,
    path: &Path,
    stock: (&Journal, Option<BatchId>),
) -> Result<HashSet<MachineId>, Failure> {
    let files = [path.to_owned()];
    source::check(&files, screen)?;
    let columns = ColumnArguments::default();
    let request = ListRequest::of(&files, &columns, screen);
    let mut machines = HashSet::new();
    let read = Lists::read(&request, |_, row| {
        machines.insert(row.id);
        Ok(())
    });
    match read {
        Ok(lists) => lists.refuse_rejects().map(|()| machines),
        // What comes from a pipe cannot be read again.
        Err(refused) if is_standard_stream(path) || refused.exit != Exit::Input => Err(refused),
        Err(refused) => match names(request).filter(|_| is_list_of_names(&refused)) {
            Some(names) => called(screen, path, &names, stock),
            None => Err(refused),
        },
    }
}

/// Whether what is said of a list without machine IDs is that these are names, and not IDs of
/// somebody else's.
fn is_list_of_names(refused: &Failure) -> bool {
    let hint = refused.advice().map(|hint| hint.to_text(str::to_owned));
    hint.is_some_and(|hint| hint.contains("--by-name"))
}

/// The names of a list in which each row has one; none where it is no such list.
fn names(request: ListRequest<'_>) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let request = ListRequest { key: RowKey::Name, ..request };
    let lists = Lists::read(&request, |_, row| {
        names.extend(row.name);
        Ok(())
    });
    let lists = lists.ok()?;
    // IDs that cannot be read are damaged; the names beside them are not asked for.
    let is_whole = !lists.has_id_column && lists.refuse_rejects().is_ok();
    (is_whole && !names.is_empty()).then_some(names)
}

/// The machines of these names; those that are not there are told and left out, as IDs are.
fn called(
    screen: Screen,
    path: &Path,
    names: &BTreeSet<String>,
    (journal, batch): (&Journal, Option<BatchId>),
) -> Result<HashSet<MachineId>, Failure> {
    let known = DeviceNames::read(journal, batch)?;
    let (mut machines, mut ambiguous, mut unknown) = (HashSet::new(), Vec::new(), Vec::new());
    for name in names {
        let found = known.find(name).machines;
        match found.len() {
            0 => unknown.push(in_line(name).into_owned()),
            1 => machines.extend(found),
            _ => {
                let ids: Vec<String> = found.iter().map(ToString::to_string).collect();
                ambiguous.push(format!("`{}` may be {}", in_line(name), ids.join(" or ")));
            }
        }
    }
    let path = shown(path);
    if !ambiguous.is_empty() {
        let count = ambiguous.len() as u64;
        let of = plural(count, "name of {} is that", "names of {} are those").replace("{}", &path);
        let said = format!("{} {of} of several machines; nothing was done", thousands(count));
        let failure = Failure::new(Exit::Usage, said);
        return Err(failure.causes(bounded(ambiguous)).hint("give whole names, or IDs"));
    }
    let count = unknown.len() as u64;
    if machines.is_empty() {
        let said = format!("no name of {path} is that of a machine in the journal");
        let failure = Failure::new(Exit::Usage, said);
        let hint = Advice::from("is it the right journal, and the right batch? ");
        return Err(failure
            .causes(bounded(unknown))
            .hint(hint.then_command("batches").then(" lists them")));
    }
    if count > 0 {
        let are = plural(count, "name is", "names are");
        let list = bounded(unknown).join(", ");
        screen.note(&format!("{} {are} left out, not known here: {list}\n", thousands(count)));
    }
    Ok(machines)
}

/// The first of many, and how many more there are.
pub(super) fn bounded(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LISTED_MAX);
    lines.truncate(LISTED_MAX);
    lines.extend((more > 0).then(|| format!("and {} more", thousands(more as u64))));
    lines
}
