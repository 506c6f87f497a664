//! The checks as lines for people, or as a document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::Context;
use crate::cli::prose::labelled;
use crate::domain::text::in_line;
use crate::reporter::{Side, lined_up};

use super::item::{CheckItem, CheckOutcome};

#[derive(JsonSchema, Serialize)]
pub(crate) struct CheckDocument<'a> {
    #[schemars(extend("const" = "mde-offboard.check/1"))]
    schema: &'static str,
    checks: Vec<CheckShape<'a>>,
}

#[derive(JsonSchema, Serialize)]
struct CheckShape<'a> {
    name: &'a str,
    /// None: it was not made.
    ok: Option<bool>,
    found: &'a str,
    hint: Option<String>,
}

/// The table, then the first thing that is wrong with what to do, then what else may be done.
pub(crate) fn show(context: &Context, items: &[CheckItem]) {
    if context.screen.is_json() {
        let checks = items.iter().map(|item| shape(context, item)).collect();
        context.screen.document(&CheckDocument { schema: "mde-offboard.check/1", checks });
        return;
    }
    context.screen.result(&lines(items));
    if let Some(first) = items.iter().find_map(CheckItem::failure) {
        context.screen.failure(first);
    }
    let warned = items.iter().filter(|item| matches!(item.outcome, CheckOutcome::Warned(_)));
    for item in warned {
        let advice = item.advice().map(|it| it.to_text(|words| context.commands.of(words)));
        let advice = format!("{}: {}", item.name, advice.unwrap_or_default());
        context.screen.note(&labelled("", &advice, context.screen.columns()));
    }
}

fn shape<'a>(context: &Context, item: &'a CheckItem) -> CheckShape<'a> {
    let ok = match item.outcome {
        CheckOutcome::Fine | CheckOutcome::Warned(_) => Some(true),
        CheckOutcome::Failed(_) => Some(false),
        CheckOutcome::NotMade => None,
    };
    let hint = item.advice().map(|advice| advice.to_text(|words| context.commands.of(words)));
    CheckShape { name: item.name, ok, found: &item.found, hint }
}

fn lines(items: &[CheckItem]) -> String {
    let row = |item: &CheckItem| {
        let mark = match item.outcome {
            CheckOutcome::Fine => "ok",
            CheckOutcome::Warned(_) => "warn",
            CheckOutcome::Failed(_) => "FAIL",
            CheckOutcome::NotMade => "-",
        };
        vec![mark.to_owned(), item.name.to_owned(), in_line(&item.found).into_owned()]
    };
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    lined_up(&rows, &[Side::Left; 3], 0, 2).join("\n") + "\n"
}
