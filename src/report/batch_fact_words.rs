//! What happened to a batch as a whole, as a word and a few more.

use crate::domain::text::plural;
use crate::domain::{BatchFact, StoppedBy, Timestamp, hex};
use crate::reporter::{lasting, thousands};

use super::next_command::end_words;

/// A word for the fact, and what else is to be said of it.
pub(super) fn describe_batch_fact(
    fact: &BatchFact,
    time: &dyn Fn(Timestamp) -> String,
) -> (&'static str, String) {
    match fact {
        BatchFact::Created { machines, plan_hash, .. } => {
            let plan =
                plan_hash.as_ref().map(|hash| format!(", by the plan {}", hex::encode(hash)));
            ("created", format!("{}{}", many(*machines), plan.unwrap_or_default()))
        }
        BatchFact::OptionsRemembered { .. } => {
            ("options", "the batch remembers other options".to_owned())
        }
        BatchFact::RunBy { command, user, host, version, app, .. } => {
            let app = app.as_ref().map(|app| format!(", signed in as the app {app}"));
            let app = app.unwrap_or_default();
            ("operator", format!("{command} by {user} on {host}, mde-offboard {version}{app}"))
        }
        BatchFact::HandedOver { to, user, host } => {
            ("handed over", format!("to {to}, by {user} on {host}"))
        }
        BatchFact::Started { command } => match command.as_str() {
            "resume" => ("resumed", String::new()),
            "cancel" => ("cancelled", "requests to take actions back began".to_owned()),
            other => ("started", other.to_owned()),
        },
        BatchFact::OptionChanged { name, value } => ("option", format!("--{name} is now {value}")),
        BatchFact::RolledBack { actions } => {
            let found = plural(*actions, "action was", "actions were");
            let said = "found that the journal did not know: it is an older copy";
            ("rolled back", format!("{} {found} {said}", thousands(*actions)))
        }
        BatchFact::ListedLate { longest } => {
            ("listed late", format!("an action was missing from lists for {}", lasting(*longest)))
        }
        BatchFact::ListsDistrusted { why } => ("lists distrusted", why.clone()),
        BatchFact::Forecast { last_send_at } => {
            ("forecast", format!("last request expected {}", time(*last_send_at)))
        }
        BatchFact::CanaryChosen { machines, .. } => {
            ("canary chosen", format!("{} first", many(*machines)))
        }
        BatchFact::CanaryPassed => ("canary passed", "all of them succeeded".to_owned()),
        BatchFact::Tripped { guard, why } => {
            ("stopped by a guard", format!("{}: {why}", guard_words(*guard)))
        }
        BatchFact::GuardLifted { guard, answered, failed } => {
            let counted = format!("{} failed of {}", thousands(*failed), thousands(*answered));
            ("guard lifted", format!("{}, after {counted}", guard_words(*guard)))
        }
        BatchFact::Recounted { answered, failed } => {
            let counted = format!("{} of {}", thousands(*failed), thousands(*answered));
            ("recounted", format!("failures count from here, after {counted}"))
        }
        BatchFact::Ended { end, why } => {
            let why = why.as_ref().map(|why| format!(": {why}"));
            ("ended", format!("{}{}", end_words(Some(*end)), why.unwrap_or_default()))
        }
    }
}

fn many(machines: u64) -> String {
    format!("{} {}", thousands(machines), plural(machines, "machine", "machines"))
}

const fn guard_words(guard: StoppedBy) -> &'static str {
    match guard {
        StoppedBy::Canary => "the canary",
        StoppedBy::MaxFailures => "too many failures",
        StoppedBy::Answers => "what Defender answered",
        StoppedBy::Changes => "changes in the tenant",
    }
}
