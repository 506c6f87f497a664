//! Given options over remembered ones: what a run goes by.

use std::time::Duration;

use crate::domain::{Advice, BatchFact, Realm, Span, Window};
use crate::engine::{OnUncertain, RunOptions};
use crate::journal::Batch;
use crate::limiter::Pace;

use super::args::{FollowArguments, GuardArguments, OnUncertainWord, PaceWord, PacingArguments};
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::guard_options::{changes, overlay_guards};

/// Whether a simulator answers there: only its limits can be loosened.
const fn is_simulator(realm: Realm) -> bool {
    matches!(realm, Realm::Loopback | Realm::Simulator)
}

/// The windows that hold for what `--limit` says; without one, those that held before. Defender's
/// two documented windows always hold beside what is given; at a simulator it replaces them.
pub(crate) fn limits(given: &[Window], before: &[Window], realm: Realm) -> Vec<Window> {
    if given.is_empty() {
        return before.to_vec();
    }
    let mut limits = if is_simulator(realm) { Vec::new() } else { Window::DEFENDER.to_vec() };
    for window in given {
        if !limits.contains(window) {
            limits.push(*window);
        }
    }
    limits
}

/// Shortest settle time against Defender, whose lists may lag behind its answers by as much.
const SETTLE_MIN: Duration = Duration::from_mins(1);

/// Whether these options may drive requests there; checked before anything is sent or queued.
///
/// A settle time below a minute is refused against Defender, whether it was just given or is
/// remembered: a machine that is not listed yet would be taken for one that was not offboarded, and
/// be sent twice.
pub(crate) fn check_settle(options: &RunOptions, realm: Realm) -> Result<(), Failure> {
    if is_simulator(realm) || options.settle >= SETTLE_MIN {
        return Ok(());
    }
    let (settle, least) = (Span(options.settle), Span(SETTLE_MIN));
    let said = format!("--settle {settle} is too short for Defender: at least {least}");
    Err(Failure::new(Exit::Usage, said).hint(format!(
        "give --settle {least} or more; a shorter one is only for a simulator on this computer"
    )))
}

/// For a command that cannot be given a settle time: a remembered one that is too short is raised.
pub(crate) fn raise_settle(options: &mut RunOptions, realm: Realm) {
    if !is_simulator(realm) {
        options.settle = options.settle.max(SETTLE_MIN);
    }
}

/// The options of a batch that is being made: what is given, over the configuration, over
/// `defaults`.
pub(crate) fn of_new_batch(
    context: &Context,
    defaults: RunOptions,
    (pacing, follow, guards): (&PacingArguments, &FollowArguments, &GuardArguments),
    realm: Realm,
) -> Result<RunOptions, Failure> {
    let (configuration, simulate) = (&context.configuration, context.simulate);
    let mut options = defaults;
    let pacing = configuration.pacing(pacing, simulate);
    let follow = configuration.follow(follow, simulate);
    overlay(&mut options, &pacing, &follow, realm);
    let guards = configuration.guards(guards, simulate);
    overlay_guards(&mut options, &guards, context.here_and_now())?;
    Ok(options)
}

/// The options of reads outside of a batch: the limits are those of a new one.
pub(crate) fn options_of_reads(
    context: &Context,
    defaults: RunOptions,
    realm: Realm,
) -> RunOptions {
    let configured = context.configuration.follow(&FollowArguments::default(), context.simulate);
    let pacing = context.configuration.pacing(&PacingArguments::default(), context.simulate);
    let mut options = defaults;
    options.limits = limits(&configured.limits, &options.limits, realm);
    set(&mut options.shared_reads, configured.shared_reads);
    set(&mut options.quota_share, pacing.quota_share);
    options
}

/// What is given replaces what the batch remembers; each replacement is a fact of the batch.
pub(crate) fn overlay(
    options: &mut RunOptions,
    pacing: &PacingArguments,
    follow: &FollowArguments,
    realm: Realm,
) -> Vec<BatchFact> {
    let before = options.clone();
    options.limits = limits(&follow.limits, &before.limits, realm);
    set(&mut options.quota_share, pacing.quota_share);
    set(&mut options.shared_reads, follow.shared_reads);
    set(&mut options.pace, pacing.pace.map(pace));
    set(&mut options.concurrency, pacing.concurrency.map(usize::from));
    set(&mut options.attempts_max, pacing.max_attempts);
    set(&mut options.settle, pacing.settle);
    set(&mut options.on_uncertain, pacing.on_uncertain.map(on_uncertain));
    set(&mut options.poll_interval, follow.poll_interval);
    set(&mut options.track_timeout, follow.track_timeout);
    set(&mut options.offline_timeout, follow.offline_timeout.map(Some));
    changes(before.pacing_words(), options.pacing_words())
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

pub(crate) const fn pace(word: PaceWord) -> Pace {
    match word {
        PaceWord::Burst => Pace::Burst,
        PaceWord::Steady => Pace::Steady,
    }
}

const fn on_uncertain(word: OnUncertainWord) -> OnUncertain {
    match word {
        OnUncertainWord::Resend => OnUncertain::Resend,
        OnUncertainWord::Hold => OnUncertain::Hold,
    }
}

pub(crate) fn remembered(batch: &Batch) -> Result<RunOptions, Failure> {
    RunOptions::from_json(&batch.options).map_err(|error| {
        Failure::of(Exit::Journal, &error).hint(
            Advice::from("use the version of this program that made the batch, or a newer one; ")
                .then_command("audit verify")
                .then(" checks the journal"),
        )
    })
}
