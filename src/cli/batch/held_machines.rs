//! Which held machines are meant: by ID, by name, by list, or all of a batch.
//!
//! All or none: a machine that is not held, that nobody knows or that is named ambiguously refuses
//! the whole, since a person decides about each.

use std::collections::BTreeSet;

use crate::domain::quoted;
use crate::domain::text::{in_line, plural};
use crate::domain::{ActionId, ActionStatus, Advice, Counts, State};
use crate::journal::{Batch, Filter, Journal, Machine};
use crate::report::{Commands, NamedMachines};

use crate::cli::args::{Decision, ResolveArguments};
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::batch::selection;
use crate::cli::batch::stored::reread;
use crate::cli::plurals::machines;
use crate::cli::{Context, Exit, Failure};

pub(crate) struct Held {
    pub(crate) batch: Batch,
    pub(crate) machines: Vec<Machine>,
}

/// The held machines that are meant; none where no machine is held.
pub(crate) fn choose(
    context: &Context,
    journal: &Journal,
    given: &ResolveArguments,
) -> Result<Option<Held>, Failure> {
    let (screen, commands) = (context.screen, &context.commands);
    let filter = selection::filter(screen, &given.selection, (journal, None))?;
    if !filter.states.is_empty() && filter.states != [State::Held] {
        let said = "only machines that are held can be resolved";
        return Err(Failure::new(Exit::Usage, said).hint("--only held"));
    }
    let ids = filter.machines.iter().flatten().map(ToString::to_string);
    let words: BTreeSet<String> = given.names.iter().cloned().chain(ids).collect();
    let held = if words.is_empty() {
        all_held(journal, given, &filter, commands)?
    } else {
        Some(those_named(journal, given, &words, commands)?)
    };
    Ok(held.filter(|held| !held.machines.is_empty()))
}

fn all_held(
    journal: &Journal,
    given: &ResolveArguments,
    filter: &Filter,
    commands: &Commands,
) -> Result<Option<Held>, Failure> {
    let words = typed(given);
    let Some(batch) = choose::fitting(journal, given.batch, &purpose(&words), commands)? else {
        return Ok(None);
    };
    let filter = Filter { states: vec![State::Held], ..filter.clone() };
    let mut machines = Vec::new();
    journal.each_machine(batch.id, &filter, |machine| {
        machines.push(machine);
    })?;
    Ok(Some(Held { batch, machines }))
}

/// A machine that was named, in every batch that has it.
struct Named<'a> {
    word: &'a str,
    found: Vec<Machine>,
}

impl Named<'_> {
    fn held(&self) -> impl Iterator<Item = &Machine> {
        self.found.iter().filter(|machine| machine.standing.state == State::Held)
    }
}

fn those_named(
    journal: &Journal,
    given: &ResolveArguments,
    words: &BTreeSet<String>,
    commands: &Commands,
) -> Result<Held, Failure> {
    let named = |word| {
        let NamedMachines { machines: found, .. } = NamedMachines::read(journal, word)?;
        Ok(Named { word, found })
    };
    let mut named: Vec<Named<'_>> =
        words.iter().map(|word| named(word)).collect::<Result<_, Failure>>()?;
    let batch = match given.batch {
        Some(_) => Some(choose::shown(journal, given.batch)?),
        None => only_batch(journal, given, &named, commands)?,
    };
    if let Some(batch) = &batch {
        named.iter_mut().for_each(|named| named.found.retain(|m| m.batch == batch.id));
    }
    let wrong: Vec<String> = named.iter().filter_map(what_is_wrong).collect();
    let Some(batch) = batch.filter(|_| wrong.is_empty()) else {
        return Err(refuse(wrong));
    };
    let mut machines: Vec<Machine> = named.iter().flat_map(Named::held).cloned().collect();
    machines.sort_by_key(|machine| machine.number);
    machines.dedup_by_key(|machine| machine.number);
    if let Some(code) = &given.selection.code {
        machines.retain(|m| m.standing.detail.as_ref().is_some_and(|d| d.code() == code));
    }
    Ok(Held { batch, machines })
}

/// The one batch in which they are held; several are listed.
fn only_batch(
    journal: &Journal,
    given: &ResolveArguments,
    named: &[Named<'_>],
    commands: &Commands,
) -> Result<Option<Batch>, Failure> {
    let batches: BTreeSet<_> = named.iter().flat_map(Named::held).map(|m| m.batch).collect();
    let batches: Vec<Batch> =
        batches.into_iter().map(|id| reread(journal, id)).collect::<Result<_, _>>()?;
    if batches.len() > 1 {
        return Err(choose::several(&batches, &purpose(&typed(given)), commands));
    }
    Ok(batches.into_iter().next())
}

fn purpose(words: &str) -> ChosenFor<'_> {
    ChosenFor {
        command: words,
        adjective: "waiting for a decision",
        machines: |counts: &Counts| counts.of(State::Held),
    }
}

/// Why a name does not belong to exactly one held machine.
fn what_is_wrong(named: &Named<'_>) -> Option<String> {
    let word = in_line(named.word);
    let whole =
        |machine: &Machine| machine.name.as_deref().is_some_and(|name| is_same(name, named.word));
    let mut ids: Vec<String> = named.found.iter().map(called).collect();
    ids.sort();
    ids.dedup();
    // Of several that only begin with it, the one that is held need not be the one that is meant.
    if ids.len() > 1 && !named.found.iter().any(whole) {
        return Some(format!("`{word}` is the short name of {}", ids.join(" and ")));
    }
    let held: Vec<String> = named.held().map(|machine| machine.id.to_string()).collect();
    match (held.as_slice(), named.found.last()) {
        ([_], _) => None,
        ([], None) => Some(format!("`{word}` is not in the batch")),
        ([], Some(machine)) => {
            let (state, batch) = (machine.standing.state, machine.batch);
            Some(format!("`{word}` is {state} in batch {batch}"))
        }
        (several, _) => Some(format!("`{word}` belongs to {}", several.join(" and "))),
    }
}

fn is_same(name: &str, word: &str) -> bool {
    name.trim().to_lowercase() == word.trim().to_lowercase()
}

fn refuse(wrong: Vec<String>) -> Failure {
    let count = machines(wrong.len() as u64);
    let said = format!("{count} cannot be resolved; nothing was changed");
    let failure = Failure::new(Exit::Usage, said);
    let hint = Advice::from("give IDs or whole names; ")
        .then_command("report --only held")
        .then(" lists the held machines");
    failure.causes(selection::bounded(wrong)).hint(hint)
}

/// One action belongs to one machine, in any batch.
pub(crate) fn check_action(
    journal: &Journal,
    held: &Held,
    action: &ActionId,
) -> Result<(), Failure> {
    let [machine] = held.machines.as_slice() else {
        let said = format!(
            "{} were named, but an action belongs to one machine",
            machines(held.machines.len() as u64)
        );
        return Err(Failure::new(Exit::Usage, said).hint("name one machine with --submitted"));
    };
    // Its status matters only to a run.
    let owner = match journal.owner_of(action, &ActionStatus::Pending)? {
        Some(owner) => journal.machine(owner.batch, owner.number)?,
        None => None,
    };
    match owner.filter(|owner| owner.id != machine.id) {
        None => Ok(()),
        Some(owner) => {
            let said =
                format!("action {action} belongs to {}; nothing was changed", called(&owner));
            Err(Failure::new(Exit::Usage, said).hint("look up the action of this machine"))
        }
    }
}

/// What to type for each decision, and which machines wait for one.
pub(crate) fn undecided(held: &Held, given: &ResolveArguments, commands: &Commands) -> Failure {
    let (count, id) = (held.machines.len(), held.batch.id);
    let wait = plural(count, "waits", "wait");
    let said = format!("{} of batch {id} {wait} for a decision", machines(count as u64));
    let one = |machine: &Machine| {
        let detail = machine.standing.detail.as_ref().map(ToString::to_string);
        format!("{}  {}", called(machine), in_line(&detail.unwrap_or_default()))
    };
    let causes = selection::bounded(held.machines.iter().map(one).collect());
    let words = format!("{} {id}", typed(given));
    let example = held.machines.first().map(|machine| machine.id.to_string()).unwrap_or_default();
    let submitted = format!("resolve {example} --batch {id} --submitted ACTION_ID");
    let hint = format!(
        "look them up in the portal, then say what became of them\n\
         no action is there: send again   {}\n\
         an action is there               {}\n\
         leave them out                   {}",
        commands.of(&format!("{words} --resend")),
        commands.of(&submitted),
        commands.of(&format!("{words} --skip")),
    );
    Failure::new(Exit::Usage, said).causes(causes).hint(hint)
}

/// The command as it was typed, up to the batch's number.
fn typed(given: &ResolveArguments) -> String {
    let mut words = vec!["resolve".to_owned()];
    words.extend(given.names.iter().map(|name| quoted(name)));
    let path = given.selection.machines.as_ref().map(|path| path.display().to_string());
    words.extend(path.map(|path| format!("--machines {}", quoted(&path))));
    words.extend((!given.selection.only.is_empty()).then(|| "--only held".to_owned()));
    words.extend(given.selection.code.iter().map(|code| format!("--code {}", quoted(code))));
    words.extend(given.decision().map(|decision| match decision {
        Decision::Resend => "--resend".to_owned(),
        Decision::Submitted(action) => format!("--submitted {action}"),
        Decision::Skip => "--skip".to_owned(),
    }));
    words.push("--batch".to_owned());
    words.join(" ")
}

/// `pc-0417 (5e1f...)`, or the ID alone.
pub(crate) fn called(machine: &Machine) -> String {
    match &machine.name {
        Some(name) => format!("{} ({})", in_line(name), machine.id),
        None => machine.id.to_string(),
    }
}
