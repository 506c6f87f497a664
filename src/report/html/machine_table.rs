//! The machines of a batch as a table that can be searched, sorted and turned over page by page.
//!
//! All of it is links and a form, so it works without a script. The form is apart from the rows:
//! the rows are replaced while the page is open, and what somebody types stays.

use maud::{Markup, html};

use crate::domain::text::in_line;
use crate::domain::{State, Timestamp};
use crate::journal::{
    Batch, MACHINES_A_PAGE, Machine, MachineColumn, MachinePage, MachineQuery, SortDirection,
};
use crate::reporter::{Zone, thousands};

use super::machine_query::{COLUMNS, TEXT_CHARS_MAX, fields_of, link_to, sort_word};

/// Searches and sorts in place, and keeps the rows up to date.
pub const TABLE_SCRIPT: &str = include_str!("machines.js");

/// Follows the style sheet of all pages.
pub const TABLE_STYLE: &str = include_str!("machines.css");

/// A page of machines, and what it answers.
#[derive(Debug, Clone, Copy)]
pub struct MachineTable<'a> {
    pub batch: &'a Batch,
    pub query: &'a MachineQuery,
    pub found: &'a MachinePage,
    /// From the page that it is on to where the batch is; empty: it is there.
    pub to_batch: &'a str,
}

/// Where a story begins, from the page of its batch.
pub(super) fn story_link(machine: &Machine) -> String {
    format!("machine/{}/", machine.id)
}

impl MachineTable<'_> {
    /// The field to search in, and the states to choose from.
    pub fn form(&self) -> Markup {
        let sorted = fields_of(self.query).into_iter().find(|(name, _)| *name == "sort");
        html! {
            form #machine-search method="get" action="#machines" role="search"
                aria-label="Machines" {
                @if let Some((name, value)) = sorted {
                    input type="hidden" name=(name) value=(value);
                }
                p {
                    label for="machine-text" { "Device name, ID, error code or comment" }
                    " "
                    input #machine-text type="search" name="q" value=(self.query.text)
                        maxlength=(TEXT_CHARS_MAX) autocomplete="off" spellcheck="false";
                    " "
                    button type="submit" { "Search" }
                }
                fieldset {
                    legend { "Only in these states" }
                    @for state in State::ALL { (choice(state, self.query)) }
                }
            }
        }
    }

    /// The table, how many were found, and the links to the other pages.
    pub fn rows(&self, zone: &Zone, now: Timestamp) -> Markup {
        html! {
            p #machine-count { (self.count_words()) }
            @if self.found.machines.is_empty() {
                @if !fields_of(self.query).is_empty() {
                    p { a href="?#machines" { "Show all machines" } }
                }
            } @else {
                div .wide role="region" aria-labelledby="machine-caption" tabindex="0" {
                    table #machine-table {
                        caption #machine-caption {
                            "Machines of batch " (self.batch.id)
                            ", times in " (zone.name(now))
                        }
                        thead { tr { @for (column, _, title) in COLUMNS {
                            (self.head(column, title))
                        } } }
                        tbody { @for machine in &self.found.machines {
                            (self.row(machine, zone, now))
                        } }
                    }
                }
                (self.pager())
            }
        }
    }

    fn count_words(&self) -> String {
        let MachinePage { machines, total, page } = self.found;
        let all = thousands(self.batch.counts.total());
        let is_all = self.query.text.is_empty() && self.query.states.is_empty();
        if machines.is_empty() {
            return if is_all {
                "The batch has no machines.".to_owned()
            } else {
                format!("None of {all} machines matches.")
            };
        }
        let first = page * MACHINES_A_PAGE + 1;
        let last = first + machines.len() as u64 - 1;
        let of = thousands(*total);
        let (first, last) = (thousands(first), thousands(last));
        if is_all {
            format!("{first} to {last} of {of} machines")
        } else {
            format!("{first} to {last} of {of} that match, of {all} machines")
        }
    }

    fn head(&self, column: MachineColumn, title: &str) -> Markup {
        let is_sorted = self.query.column == column;
        let direction = match self.query.direction {
            SortDirection::Up if is_sorted => SortDirection::Down,
            _ => SortDirection::Up,
        };
        let sorted = is_sorted.then_some(match self.query.direction {
            SortDirection::Up => ("ascending", " ▲"),
            SortDirection::Down => ("descending", " ▼"),
        });
        let to = MachineQuery { column, direction, page: 0, ..self.query.clone() };
        let id = format!("sort-{}", sort_word(column, SortDirection::Up));
        html! {
            th scope="col" aria-sort=[sorted.map(|(words, _)| words)] {
                a id=(id) href=(link_to(&to)) {
                    (title)
                    @if let Some((_, arrow)) = sorted { span aria-hidden="true" { (arrow) } }
                }
            }
        }
    }

    fn row(&self, machine: &Machine, zone: &Zone, now: Timestamp) -> Markup {
        let standing = &machine.standing;
        let time = |at: Option<Timestamp>| {
            html! {
                @if let Some(at) = at {
                    time datetime=(at.to_string()) { (zone.near(at, now)) }
                }
            }
        };
        let link = format!("{}{}", self.to_batch, story_link(machine));
        let id = machine.id.to_string();
        let name = machine.name.as_deref().map(in_line);
        let code = standing.error().map(|detail| in_line(detail.code()).into_owned());
        html! {
            tr {
                td .number { (thousands(machine.number.0.into())) }
                @if let Some(name) = name {
                    th scope="row" { a id=(format!("machine-{id}")) href=(link) { bdi { (name) } } }
                    td .id { (id) }
                } @else {
                    td {}
                    th scope="row" .id { a id=(format!("machine-{id}")) href=(link) { (id) } }
                }
                td .state data-state=(standing.state.word()) { (standing.state.words()) }
                td { @if let Some(code) = code { bdi { (code) } } }
                td .number { (standing.attempts) }
                td { (time(standing.sent_at)) }
                td { (time(standing.settled_at)) }
                td { bdi { (in_line(machine.comment.as_str())) } }
            }
        }
    }

    fn pager(&self) -> Markup {
        let (page, pages) = (self.found.page, self.found.pages());
        let to = |page: u64| link_to(&MachineQuery { page, ..self.query.clone() });
        html! {
            @if pages > 1 {
                nav .pager aria-label="Pages of machines" {
                    @if page > 0 {
                        a #page-first href=(to(0)) { "First" }
                        " "
                        a #page-previous rel="prev" href=(to(page - 1)) { "Previous" }
                        " "
                    }
                    span { "Page " (thousands(page + 1)) " of " (thousands(pages)) }
                    @if page + 1 < pages {
                        " "
                        a #page-next rel="next" href=(to(page + 1)) { "Next" }
                        " "
                        a #page-last href=(to(pages - 1)) { "Last" }
                    }
                }
            }
        }
    }
}

/// The part of a page that is the table. `root` is the way from the page to its script.
pub fn table_part(table: &MachineTable<'_>, zone: &Zone, now: Timestamp, root: &str) -> Markup {
    html! {
        section #machines aria-labelledby="machines-title" {
            h2 #machines-title { "Machines" }
            (table.form())
            p #machine-told .unseen role="status" {}
            div #machine-rows { (table.rows(zone, now)) }
        }
        script src=(format!("{root}machines.js")) defer {}
    }
}

/// Without a number, which would be wrong as soon as the run goes on.
fn choice(state: State, query: &MachineQuery) -> Markup {
    html! {
        label {
            input type="checkbox" name="state" value=(state.word())
                checked[query.states.contains(&state)];
            " " (state.words())
        }
        " "
    }
}
