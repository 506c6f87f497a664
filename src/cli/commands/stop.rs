//! `stop`: asks a running batch, from any terminal, to end.

use crate::cli::args::{BatchWord, StopArguments};
use crate::cli::batch::choose::{self, ChosenFor};
use crate::cli::environment;
use crate::cli::no_work;
use crate::cli::options::remembered;
use crate::cli::{Context, Exit, Failure};
use crate::domain::{BatchId, Counts};
use crate::journal::{Batch, Journal, Runner, RunnerView, StopRequest};
use crate::report::{self, Commands, StatusWithoutBatch};

/// Commands that send, and that look for a request before they begin and while they do.
const SENDERS: [&str; 3] = ["run", "resume", "retry"];

/// Leaves the request in the journal; the process that runs the batch reads it within a second.
pub(crate) fn stop(context: &Context, arguments: &StopArguments) -> Result<Exit, Failure> {
    let commands = &context.commands;
    context.tell_simulation();
    let mut journal = context.read_journal()?;
    let request = StopRequest { by: environment::user(), at: context.clock.now().wall };
    let runner = journal.runner()?.filter(|view| view.alive);
    // Which batch it is for, if it has one already, nobody knows but itself.
    let beginning = runner.as_ref().filter(|view| view.heartbeat.is_none()).map(|it| &it.runner);
    let beginning = beginning.filter(|runner| SENDERS.contains(&runner.command.as_str()));
    if let (Some(runner), None) = (beginning, arguments.batch) {
        journal.request_stop_of_runner(&request)?;
        context.screen.note(&told_of_beginner(runner));
        if context.screen.is_json() {
            context.screen.result(&StatusWithoutBatch { running: true }.to_json());
        }
        return Ok(Exit::Done);
    }
    let Some(batch) = meant(&journal, arguments.batch, commands)? else {
        let said = "nothing to stop: no batch has machines that are left to send";
        return Ok(no_work::tell(context, said));
    };
    let id = batch.id;
    if choose::unsettled(&batch.counts) == 0 {
        context.screen.note(&format!("nothing to stop: every machine of batch {id} is settled"));
        return document(context, &journal, batch);
    }
    journal.request_stop(id, &request.by, request.at)?;
    let at_it = runner.as_ref().filter(|view| is_at(view, id)).map(|view| &view.runner);
    let said = match (at_it, beginning) {
        (Some(runner), _) => format!(
            "Batch {id} is asked to stop: {} sends nothing more,\n\
             waits for what is in flight and ends.\n  see it end     {}\n",
            process(runner),
            commands.of(&format!("status {id}"))
        ),
        (None, Some(runner)) => format!(
            "Batch {id} stays stopped until someone runs `resume`. {} has not\n\
             begun yet; if it is for this batch, it ends before it sends anything.\n",
            capital(&process(runner))
        ),
        (None, None) => {
            format!("Batch {id} is not running; it stays stopped until someone runs `resume`.\n")
        }
    };
    let go_on = commands.of(&format!("resume {id}"));
    context.screen.note(&format!("{said}  continue       {go_on}\n"));
    document(context, &journal, batch)
}

/// For a program: how far the batch is. It may still run until what is in flight is answered.
fn document(context: &Context, journal: &Journal, batch: Batch) -> Result<Exit, Failure> {
    if context.screen.is_json() {
        let budget = remembered(&batch)?.budget();
        let status = report::status(journal, batch.id, &budget, context.clock.now())?;
        context.screen.result(&status.to_json(&context.commands));
    }
    Ok(Exit::Done)
}

/// The batch that is named, else the one that runs, else the only one that is unfinished.
fn meant(
    journal: &Journal,
    word: Option<BatchWord>,
    commands: &Commands,
) -> Result<Option<Batch>, Failure> {
    if word.is_none()
        && let Some(running) = journal.running_batch()?
    {
        return Ok(Some(running));
    }
    let purpose = ChosenFor {
        command: "stop",
        adjective: "unfinished",
        machines: Counts::to_send_or_look_up,
    };
    choose::fitting(journal, word, &purpose, commands)
}

fn is_at(view: &RunnerView, batch: BatchId) -> bool {
    view.heartbeat.as_ref().is_some_and(|beat| beat.batch == batch)
}

fn told_of_beginner(runner: &Runner) -> String {
    format!(
        "{} has not begun to send, and is asked not to: it ends with\n\
         exit code 5 once its question is answered or its sign-in is over.\n",
        capital(&process(runner))
    )
}

fn process(runner: &Runner) -> String {
    format!("process {} ({}, on {})", runner.pid, runner.command, runner.host)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
