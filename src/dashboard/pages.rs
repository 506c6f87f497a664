//! The pages: from what is asked for to HTML.
//!
//! Each opens its journal once, reads, and lets it go. Deliberately absent: what a batch, a table
//! or a story looks like (`report`).

use crate::domain::MachineId;
use crate::journal::{Batch, Journal, MachineQuery};
use crate::report::{
    LivePage, MachineTable, NamedMachines, NavigationLink, Shown, batch_list, live_page,
    navigation, table_part,
};

use super::DashboardError;
use super::context::PageContext;
use super::live::{PageLook, look, look_at_all};
use super::options::{DashboardOptions, JournalSet};
use super::subject::Subject;

/// The page of several journals.
pub(super) fn overview(journals: &dyn JournalSet, options: &DashboardOptions) -> String {
    let look = look_at_all(journals, options);
    let events = format!("events?version={}", look.version);
    let page = LivePage {
        title: &look.title,
        root: "./",
        events: Some(&events),
        navigation: navigation(&[]),
        sections: &look.sections,
        rest: navigation(&[]),
    };
    live_page(&page).into_string()
}

/// The page of a batch with its table, or one that says why there is none.
pub(super) fn batch_page(context: &PageContext, subject: Subject, query: &MachineQuery) -> String {
    let root = format!("{}{}", subject.to_journal(), context.to_site());
    let read = |journal: &Journal| {
        let Some(batch) = subject.find(journal)? else { return Ok(None) };
        let look = PageLook::of(context, journal, &batch)?;
        let found = journal.search(batch.id, query)?;
        let table = MachineTable { batch: &batch, query, found: &found, to_batch: "" };
        let part = table_part(&table, &context.zone, context.now().wall, &root);
        Ok(Some((look, part, journal.batches()?.len() > 1)))
    };
    let read = context.journal.read(read).map(Option::flatten);
    let (look, rest, has_more) = match read {
        Ok(Some((look, part, has_more))) => (look, Some(part), has_more),
        // None, but the next look may find one.
        Ok(None) => {
            let look =
                look(context, subject).unwrap_or_else(|error| PageLook::only_trouble(&error));
            (look, None, false)
        }
        Err(error) => (PageLook::only_trouble(&error), None, false),
    };
    let batch = look.batch.map_or(0, |id| id.0);
    let events = format!("events?batch={batch}&version={}", look.version);
    let journal = subject.to_journal();
    let mut links = Vec::new();
    if let Subject::Batch(_) = subject {
        links.push(NavigationLink { to: journal.to_owned(), words: "Current batch" });
    }
    if has_more {
        links.push(NavigationLink { to: format!("{journal}batches/"), words: "All batches" });
    }
    links.extend(to_overview(context, journal));
    let page = LivePage {
        title: &context.title(&look.title),
        root: &root,
        events: Some(&events),
        navigation: navigation(&links),
        sections: &look.sections,
        rest: rest.unwrap_or_default(),
    };
    live_page(&page).into_string()
}

/// The rows of the table alone; none where there is no such batch.
pub(super) fn machine_rows(
    context: &PageContext,
    subject: Subject,
    query: &MachineQuery,
) -> Result<Option<String>, DashboardError> {
    let read = |journal: &Journal| {
        let Some(batch) = subject.find(journal)? else { return Ok(None) };
        let found = journal.search(batch.id, query)?;
        let table = MachineTable { batch: &batch, query, found: &found, to_batch: "" };
        Ok(Some(table.rows(&context.zone, context.now().wall).into_string()))
    };
    context.journal.read(read).map(Option::flatten)
}

/// All that happened to a machine of a batch; none where it is not in it.
pub(super) fn story_page(
    context: &PageContext,
    subject: Subject,
    machine: MachineId,
) -> Result<Option<String>, DashboardError> {
    let read = |journal: &Journal| {
        let Some(batch) = subject.find(journal)? else { return Ok(None) };
        let mut machines = NamedMachines::read(journal, &machine.to_string())?.machines;
        machines.retain(|found| found.batch == batch.id);
        if machines.is_empty() {
            return Ok(None);
        }
        Ok(Some(story(context, subject, &batch, &Shown::read(journal, machines)?)))
    };
    context.journal.read(read).map(Option::flatten)
}

fn story(context: &PageContext, subject: Subject, batch: &Batch, shown: &Shown) -> String {
    let title = context.title(&format!("{}: batch {}", shown.title(), batch.id));
    let back = NavigationLink { to: "../../".to_owned(), words: "Back to the batch" };
    let page = LivePage {
        title: &title,
        root: &format!("../../{}{}", subject.to_journal(), context.to_site()),
        events: None,
        navigation: navigation(&[back]),
        sections: &[],
        rest: shown.to_html(&context.zone, &context.commands(batch)),
    };
    live_page(&page).into_string()
}

/// In the place of a page of a journal that cannot be made; `to_journal` leads from it to the root
/// of that journal's pages.
pub(super) fn trouble_page(
    context: &PageContext,
    to_journal: &str,
    error: &DashboardError,
) -> String {
    let look = PageLook::only_trouble(error);
    let back = NavigationLink { to: to_journal.to_owned(), words: "Current batch" };
    let links: Vec<_> = [back].into_iter().chain(to_overview(context, to_journal)).collect();
    let page = LivePage {
        title: &context.title(&look.title),
        root: &format!("{to_journal}{}", context.to_site()),
        events: None,
        navigation: navigation(&links),
        sections: &look.sections,
        rest: navigation(&[]),
    };
    live_page(&page).into_string()
}

/// The batches of the journal.
pub(super) fn batches_page(context: &PageContext) -> Result<String, DashboardError> {
    let list = context.journal.read(|journal| Ok(batch_list(journal)?))?;
    let list = list.unwrap_or_default();
    let back = NavigationLink { to: "../".to_owned(), words: "Current batch" };
    let links: Vec<_> = [back].into_iter().chain(to_overview(context, "../")).collect();
    let page = LivePage {
        title: &context.title("Batches"),
        root: &format!("../{}", context.to_site()),
        events: None,
        navigation: navigation(&links),
        sections: &[],
        rest: list.to_html(&context.zone, "../"),
    };
    Ok(live_page(&page).into_string())
}

/// From a page of a journal to that of all, where the server has several.
fn to_overview(context: &PageContext, to_journal: &str) -> Option<NavigationLink> {
    let to_site = context.to_site();
    let to = format!("{to_journal}{to_site}");
    (!to_site.is_empty()).then_some(NavigationLink { to, words: "All tenants" })
}
