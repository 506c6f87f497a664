//! What the app may do: reading is tried with real calls, offboarding is read off the token.
//!
//! Microsoft's pages disagree on the permission to read actions, so an answer decides. A request to
//! offboard, or to cancel, has an effect: that permission is believed as the token says it.

use std::time::Duration;

use crate::cli::connect::{
    MACHINE_OFFBOARD, MACHINE_READ, TokenVerdict, UnsignedClient, tell_delay,
};
use crate::cli::{Context, Exit, Failure};
use crate::domain::{Advice, Detail};
use crate::engine::{PacedReads, ReadDelay, ReadError, ReadPatience, RunOptions};
use crate::journal::Journal;

use super::item::CheckItem;

/// How long a read is tried again. A check that says "not now" is better than one that waits.
const READ_TRIED: Duration = Duration::from_secs(3);

/// One call for machines and one for actions, within the budget of reads.
pub(crate) async fn machine_read(
    context: &Context,
    ledger: &mut Journal,
    client: &UnsignedClient,
    options: &RunOptions,
    verdict: &TokenVerdict,
) -> CheckItem {
    let patience = ReadPatience::at_most(READ_TRIED);
    let mut reads = PacedReads::new(ledger, &context.clock, options, patience);
    let mut told = |delay: &ReadDelay| tell_delay(context, delay);
    let remote = &client.remote;
    let machines = reads.ask(|| remote.any_machine(), &mut told).await;
    let actions = match &machines {
        Ok(_) => reads.ask(|| remote.any_action(), &mut told).await.map(drop),
        // A second refusal says nothing more.
        Err(_) => Ok(()),
    };
    let noted = reads.finish();
    let has_machines = match machines {
        Ok(has_machines) => has_machines,
        Err(error) => return refused(context, "the inventory", error, verdict),
    };
    if let Err(error) = actions.and(noted) {
        return refused(context, "the list of actions", error, verdict);
    }
    let found = if has_machines {
        "inventory and actions can be read"
    } else {
        "inventory and actions can be read; there is no machine in it"
    };
    match verdict.lacking().filter(|_| verdict.lacks_reading()) {
        // A run goes by the token: it is refused there, even if the server lets it pass today.
        Some(lacking) => CheckItem::failed_with(MACHINE_READ, "not in the token", lacking),
        None => CheckItem::fine(MACHINE_READ, found),
    }
}

fn refused(context: &Context, what: &str, error: ReadError, verdict: &TokenVerdict) -> CheckItem {
    let unread = |detail: &Detail| format!("{what} cannot be read: {detail}");
    let failure = match error {
        ReadError::Forbidden(detail) => {
            let found = unread(&detail);
            return CheckItem::failed_with(MACHINE_READ, found, forbidden(&detail, verdict));
        }
        ReadError::Unreachable(detail) => Failure::new(Exit::Unfinished, unread(&detail))
            .hint(Advice::from("try again in some minutes: ").then_command("check")),
        ReadError::Paused(until) => {
            let until = context.zone.full_with_name(until);
            let said = format!("{what} cannot be read: Defender asked for a pause until {until}");
            Failure::new(Exit::Unfinished, said)
                .hint(Advice::from("try again after that: ").then_command("check"))
        }
        ReadError::NoAccess(why) => Failure::new(Exit::NoAccess, why)
            .hint("check the credentials, --cloud, --api-url and the proxy"),
        ReadError::Barred(detail) => Failure::new(Exit::NoAccess, unread(&detail))
            .hint("starting again changes nothing before that is fixed"),
        ReadError::Lasting(detail) => Failure::new(Exit::Guard, unread(&detail))
            .hint("this is no answer of Defender's: check --api-url, --cloud and the proxy"),
        ReadError::SharedBeside | ReadError::NoShareBeside => {
            return CheckItem::not_made(MACHINE_READ, error.to_string());
        }
        ReadError::Journal(error) => error.into(),
        endless @ ReadError::Endless { .. } => Failure::of(Exit::Guard, &endless)
            .hint("this is no list of Defender's: check --api-url and the proxy"),
    };
    CheckItem::failed(MACHINE_READ, failure)
}

/// Defender refuses to be read: what the token lacks, else the permission that some pages name.
fn forbidden(detail: &Detail, verdict: &TokenVerdict) -> Failure {
    if let Some(lacking) = verdict.lacking().filter(|_| verdict.lacks_reading()) {
        return lacking;
    }
    let bearer = &verdict.bearer;
    let wanted = if verdict.says_permissions { "Machine.ReadWrite.All" } else { MACHINE_READ };
    let said = format!("{} may not read machines and their actions", bearer.words());
    let mut failure = Failure::new(Exit::NoAccess, said).hint(bearer.grant(&[wanted]));
    failure.causes = vec![detail.to_string()];
    failure
}

/// From the token alone.
pub(crate) fn machine_offboard(verdict: &TokenVerdict) -> CheckItem {
    match verdict.lacking().filter(|_| verdict.lacks_offboarding()) {
        Some(lacking) => CheckItem::failed_with(MACHINE_OFFBOARD, "not in the token", lacking),
        None if verdict.says_permissions => CheckItem::fine(MACHINE_OFFBOARD, "in the token"),
        None => CheckItem::not_made(
            MACHINE_OFFBOARD,
            "the token cannot be read here; the first request will tell",
        ),
    }
}
