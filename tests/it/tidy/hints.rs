//! Every error of a command says what to do, but for the few that are listed here.
//!
//! A message becomes a `Failure` only with a hint, or by saying that it needs none: the compiler
//! holds the first, this rule the second. Errors of the libraries below have no way around it.

use super::source::{Source, hold, planted};

/// Who may say that no hint is needed, how often, and why.
const WITHOUT: [(&str, usize, &str); 8] = [
    ("src/cli/failure.rs", 1, "where a hint is added"),
    ("src/cli/terminal/confirm.rs", 1, "the person just said no"),
    ("src/cli/signals.rs", 1, "the person just said no"),
    ("src/cli/commands/plan.rs", 1, "the person ends the command; nothing was done"),
    ("src/cli/commands/run.rs", 1, "the person ends the command; nothing was done"),
    ("src/cli/commands/cancel.rs", 1, "the person ends the command; nothing was done"),
    ("src/cli/batch/closing.rs", 1, "nothing is left to do"),
    ("src/cli/guard_options.rs", 1, "the message says how it is written"),
];

fn failures_without_a_hint(source: &Source) -> Vec<String> {
    let found = source.shipped.matches(".needs_no_hint()").count();
    let listed = WITHOUT.iter().find(|(path, ..)| *path == source.path);
    let most = listed.map_or(0, |(_, most, _)| *most);
    if found > most { vec![source.offence(1, "a failure without a hint")] } else { Vec::new() }
}

/// What a function of the libraries returns as advice.
fn advice_that_may_be_missing(source: &Source) -> Vec<String> {
    let is_library = !source.path.starts_with("src/cli/");
    let is_missing = source.shipped.contains("fn hint(&self) -> Option<");
    if is_library && is_missing {
        return vec![source.offence(1, "an error that may have no advice")];
    }
    Vec::new()
}

#[test]
fn no_failure_goes_without_a_hint_unless_it_is_listed_why() {
    hold(failures_without_a_hint, "say what to do with `.hint(...)`, or list it with its reason");
}

#[test]
fn every_error_of_a_library_has_advice() {
    hold(advice_that_may_be_missing, "return an `Advice` for every variant");
}

#[test]
fn a_failure_without_a_hint_is_found() {
    let found = |path: &str, text: &str| planted(failures_without_a_hint, path, text);
    let without = "Failure::new(exit, said).needs_no_hint()";
    assert_eq!(found("src/cli/commands/stop.rs", without), 1);
    assert_eq!(found("src/cli/commands/run.rs", without), 0);
    assert_eq!(found("src/cli/commands/run.rs", &format!("{without}; {without}")), 1);
    assert_eq!(found("src/cli/commands/stop.rs", "Failure::new(exit, said).hint(a)"), 0);
}

#[test]
fn advice_that_may_be_missing_is_found() {
    let found = |path: &str, text: &str| planted(advice_that_may_be_missing, path, text);
    assert_eq!(found("src/plan/error.rs", "pub fn hint(&self) -> Option<Advice> {"), 1);
    assert_eq!(found("src/plan/error.rs", "pub fn hint(&self) -> Advice {"), 0);
}
