//! `check`: whether the journal is fit to run on.

use serde::Serialize;

use crate::cli::{Context, Exit, Failure};
use crate::domain::text::in_line;
use crate::journal::{self, Finding};
use crate::report::Commands;
use crate::reporter::{Side, lined_up};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    checks: Vec<Check<'a>>,
}

#[derive(Serialize)]
pub(super) struct Check<'a> {
    name: &'a str,
    ok: bool,
    found: &'a str,
    hint: Option<String>,
}

impl<'a> Check<'a> {
    pub(super) fn of(finding: &'a Finding, commands: &Commands) -> Self {
        let Finding { name, ok, found, hint } = finding;
        let hint = hint.as_ref().map(|hint| hint.to_text(|words| commands.of(words)));
        Self { name, ok: *ok, found, hint }
    }
}

/// Shows a line a check, and ends with 8 where one is not as it has to be.
pub(crate) fn check(context: &Context) -> Result<Exit, Failure> {
    context.tell_simulation();
    let path = context.journal_path()?;
    let findings = journal::check(&path);
    let wrong: Vec<&Finding> = findings.iter().filter(|finding| !finding.ok).collect();
    if context.screen.is_json() {
        let checks = findings.iter().map(|it| Check::of(it, &context.commands)).collect();
        context.screen.document(&Document { schema: "mde-offboard.check/1", checks });
    } else {
        context.screen.result(&table(&findings));
        if let Some(first) = wrong.first() {
            context.screen.failure(&refusal(first, wrong.len(), findings.len()));
        }
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::Journal })
}

pub(super) fn table(findings: &[Finding]) -> String {
    let row = |finding: &Finding| {
        let verdict = if finding.ok { "ok" } else { "FAIL" };
        vec![verdict.to_owned(), finding.name.to_owned(), in_line(&finding.found).into_owned()]
    };
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    lined_up(&rows, &[Side::Left; 3], 0, 2).join("\n") + "\n"
}

pub(super) fn refusal(first: &Finding, wrong: usize, all: usize) -> Failure {
    let said = match wrong {
        1 => format!("the journal fails a check: {}", first.name),
        more => format!("the journal fails {more} of {all} checks"),
    };
    Failure { hint: first.hint.clone(), ..Failure::new(Exit::Journal, said) }
}
