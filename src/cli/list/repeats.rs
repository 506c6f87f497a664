//! Machines with several rows that do not say the same, in words.

use crate::domain::text::plural;
use crate::journal::{Disagreement, Dispute, RepeatSummary};

use crate::cli::list::guard_data::Sight;
use crate::cli::list::input::Lists;
use crate::cli::plurals::machines;
use crate::cli::{Exit, Failure};

/// Machines whose rows disagree end a command before anything is queued.
pub(crate) fn refuse(lists: &Lists, sight: &Sight, settled: &RepeatSummary) -> Result<(), Failure> {
    if settled.disputed == 0 {
        return Ok(());
    }
    let has = plural(settled.disputed, "has", "have");
    let said = format!(
        "{} {has} several rows that disagree, and no time says which is the newest; nothing was \
         queued",
        machines(settled.disputed)
    );
    let mut failure = Failure::new(Exit::Input, said).hint(
        "give each machine one row (in advanced hunting: | summarize arg_max(Timestamp, *) by \
         DeviceId), or leave these machines out with --skip-invalid",
    );
    let words = |dispute: &Dispute| in_words(dispute, lists, sight);
    failure.causes = settled.disputes.iter().map(words).collect();
    Err(failure)
}

fn in_words(dispute: &Dispute, lists: &Lists, sight: &Sight) -> String {
    let [one, other] = dispute.rows.map(|(source, line)| {
        let place = sight.place(source, line);
        match lists.sources.get(usize::from(source)) {
            Some(file) if lists.sources.len() > 1 => format!("{file} {place}"),
            _ => place.to_string(),
        }
    });
    let name = dispute.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
    let what = match dispute.about {
        Disagreement::Name => "have different names",
        Disagreement::Comment => "have different comments",
        Disagreement::Filter => "disagree: --where takes one and leaves out the other",
        Disagreement::Skip => "disagree on whether it can be offboarded",
    };
    format!("{}{name}: {one} and {other} {what}", dispute.id)
}

/// What a person should know of such machines.
pub(crate) fn notes(settled: &RepeatSummary) -> Vec<String> {
    let RepeatSummary { outdated, disputed, ruled_out, .. } = *settled;
    let notes = [
        (outdated, "left out: --where matches an older row, but not the newest"),
        (disputed, "left out: their rows disagree"),
        (ruled_out, "skipped because of one of their rows; the other rows say otherwise"),
    ];
    let notes = notes.into_iter().filter(|(count, _)| *count > 0);
    notes.map(|(count, what)| format!("{} {what}", machines(count))).collect()
}
