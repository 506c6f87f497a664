//! What the journal finds about itself, as lines and as a document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{Exit, Failure};
use crate::domain::text::in_line;
use crate::journal::Finding;
use crate::report::Commands;
use crate::reporter::{Side, lined_up};

#[derive(JsonSchema, Serialize)]
pub(crate) struct Check<'a> {
    name: &'a str,
    ok: bool,
    found: &'a str,
    hint: Option<String>,
}

impl<'a> Check<'a> {
    pub(crate) fn of(finding: &'a Finding, commands: &Commands) -> Self {
        let Finding { name, ok, found, hint } = finding;
        let hint = hint.as_ref().map(|hint| hint.to_text(|words| commands.of(words)));
        Self { name, ok: *ok, found, hint }
    }
}

pub(crate) fn table(findings: &[Finding]) -> String {
    let row = |finding: &Finding| {
        let verdict = if finding.ok { "ok" } else { "FAIL" };
        vec![verdict.to_owned(), finding.name.to_owned(), in_line(&finding.found).into_owned()]
    };
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    lined_up(&rows, &[Side::Left; 3], 0, 2).join("\n") + "\n"
}

pub(crate) fn refusal(first: &Finding, wrong: usize, all: usize) -> Failure {
    let said = match wrong {
        1 => format!("the journal fails a check: {}", first.name),
        more => format!("the journal fails {more} of {all} checks"),
    };
    let hint = first.hint.clone();
    let hint = hint.unwrap_or_else(|| "send nothing from it, and keep the file".into());
    Failure::new(Exit::Journal, said).hint(hint)
}
