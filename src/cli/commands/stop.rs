//! `stop`: asks a running batch, from any terminal, to end.

use crate::cli::args::StopArguments;
use crate::cli::choose::{self, Purpose};
use crate::cli::context::Context;
use crate::cli::environment;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::journal_path::Simulate;
use crate::domain::Counts;

/// Leaves the request in the journal; whoever runs the batch reads it within a second.
pub(crate) fn stop(context: &Context, arguments: &StopArguments) -> Result<Exit, Failure> {
    let simulate = Simulate::from(arguments.simulate.simulate);
    let commands = context.commands(simulate);
    context.tell_simulation(simulate);
    let mut journal = context.read_journal(simulate)?;
    let purpose = Purpose { command: "stop", adjective: "unfinished", machines: Counts::unsent };
    let running = match arguments.batch {
        Some(_) => None,
        None => choose::running(&journal)?,
    };
    let batch = match running {
        Some(batch) => Some(batch),
        None => choose::fitting(&journal, arguments.batch, &purpose, &commands)?,
    };
    let Some(batch) = batch else {
        context.screen.note("nothing to stop: no batch has machines that are left to send");
        return Ok(Exit::Done);
    };
    let id = batch.id;
    if choose::unsettled(&batch.counts) == 0 {
        context.screen.note(&format!("nothing to stop: every machine of batch {id} is settled"));
        return Ok(Exit::Done);
    }
    let runner = journal.runner()?.filter(|runner| runner.alive);
    let runner = runner.filter(|view| view.heartbeat.as_ref().is_none_or(|beat| beat.batch == id));
    journal.request_stop(id, &environment::user(), context.clock.now().wall)?;
    let said = match runner.map(|view| view.runner) {
        Some(runner) => format!(
            "Batch {id} is asked to stop: process {} ({}, on {}) sends nothing more,\n\
             waits for what is in flight and ends.\n  see it end     {}\n",
            runner.pid,
            runner.command,
            runner.host,
            commands.of(&format!("status {id}"))
        ),
        None => format!("Nobody runs batch {id}; it rests until `resume`, whoever starts it.\n"),
    };
    let go_on = commands.of(&format!("resume {id}"));
    context.screen.note(&format!("{said}  go on          {go_on}\n"));
    Ok(Exit::Done)
}
