//! `--notify-command`: a program that is told how a run ended.
//!
//! It gets the status on its standard input, and the exit code in its environment. What it prints
//! goes to standard error, since standard output is for the result. However it ends, the
//! command ends as it would have without it.

use std::io;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::domain::text::excerpt;
use crate::engine;
use crate::journal::Journal;
use crate::report::{self, StatusWithoutBatch};
use crate::reporter::ascii_json;

use super::args::CommandWords;
use super::batch::stored::reread;
use super::child_group::ChildGroup;
use super::connect::runtime;
use super::options::remembered;
use super::{Context, Exit, Failure, signals};

/// Longer than a mail or a message takes; a scheduler waits for us meanwhile.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// The variable with our exit code.
const EXIT_CODE: &str = "MDE_OFFBOARD_EXIT_CODE";

/// So long it may take before it is named as what is waited for.
const SILENCE: Duration = Duration::from_secs(2);

/// How the program ended.
enum Outcome {
    Ended(io::Result<ExitStatus>),
    /// A person had no patience with it.
    Interrupted,
    Late,
}

/// Tells a program how the command ended, and says what came of that.
pub(crate) fn notify(context: &Context, words: &CommandWords, ended: Result<Exit, &Failure>) {
    let name = format!("`{}` (--notify-command)", excerpt(&words.program));
    let exit = ended.unwrap_or_else(|failure| failure.exit);
    let document = document(context, ended) + "\n";
    let failed = |said: String| Failure::new(Exit::Error, said);
    let started = runtime().map(|runtime| {
        let run = run(words, exit, document.into_bytes());
        runtime.block_on(outcome(context, &name, run))
    });
    let hint = "the run is not affected; run the command by hand";
    let failure = match started {
        Ok(Outcome::Ended(Ok(status))) if status.success() => {
            return context.screen.note(&format!("{name} ended with exit code 0\n"));
        }
        Ok(Outcome::Ended(Ok(status))) => failed(match status.code() {
            Some(code) => format!("{name} ended with exit code {code}"),
            None => format!("{name} ended with {status}"),
        })
        .hint(hint),
        Ok(Outcome::Ended(Err(error))) => {
            failed(format!("{name} cannot be run")).caused_by(&error).hint(hint)
        }
        Ok(Outcome::Interrupted) => failed(format!("{name} was ended by the signal")).hint(hint),
        Ok(Outcome::Late) => {
            failed(format!("{name} did not end within 60 s, and was ended")).hint(hint)
        }
        Err(failure) => failure,
    };
    context.screen.warn(&failure);
}

/// Waits for it, with words, until it ends, its time is over, or a signal comes.
async fn outcome(
    context: &Context,
    name: &str,
    run: impl Future<Output = io::Result<ExitStatus>>,
) -> Outcome {
    let signal = match signals::after_the_end() {
        Ok(signal) => signal,
        Err(error) => return Outcome::Ended(Err(error)),
    };
    let mut work = pin!(async {
        tokio::select! {
            biased;
            ended = run => Outcome::Ended(ended),
            () = signal => Outcome::Interrupted,
        }
    });
    if let Some(outcome) = engine::within(SILENCE, work.as_mut()).await {
        return outcome;
    }
    let (now, left) = (context.clock.now().wall, TIME_LIMIT.saturating_sub(SILENCE));
    let until = context.zone.near(now.plus(left), now);
    context.screen.note(&format!("waiting for {name} until {until}; Ctrl-C ends it\n"));
    engine::within(left, work).await.unwrap_or(Outcome::Late)
}

async fn run(words: &CommandWords, exit: Exit, document: Vec<u8>) -> io::Result<ExitStatus> {
    let mut command = Command::new(&words.program);
    command.args(&words.arguments).env(EXIT_CODE, exit.code().to_string());
    command.stdin(Stdio::piped()).stdout(io::stderr()).stderr(Stdio::inherit());
    let mut group = ChildGroup::start(&mut command)?;
    if let Some(mut input) = group.child.stdin.take() {
        // One that does not read it ends all the same, and only that counts.
        drop(input.write_all(&document).await);
    }
    group.child.wait().await
}

/// The status of the batch that was run; where none was, why.
fn document(context: &Context, ended: Result<Exit, &Failure>) -> String {
    let of_batch = context.last_batch.get().and_then(|id| {
        let journal = Journal::open_reader(&context.journal_path().ok()?).ok()?;
        let budget = remembered(&reread(&journal, id).ok()?).ok()?.budget();
        let status = report::status(&journal, id, &budget, context.clock.now()).ok()?;
        Some(status.to_json(&context.commands))
    });
    of_batch.unwrap_or_else(|| match ended {
        Ok(_) => StatusWithoutBatch { running: false }.to_json(),
        Err(failure) => ascii_json(&failure.document(&context.commands)),
    })
}
