//! From what was typed to what the process ends with.

use std::ffi::OsString;

use clap::{FromArgMatches, ValueEnum};

use super::args::{Color, Command, ConfigCommand, Root, SuccessWord, definition};
use super::carried;
use super::commands;
use super::configuration::{Configuration, TypedOptions};
use super::context::{Context, choose_colours};
use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use super::journal_path::Simulate;
use super::mistyped;
use super::notify::notify;
use super::signals;
use crate::cli::terminal::Screen;
use crate::report::Commands;

/// Runs the program with the arguments of a process, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let (root, typed, commands) = match parse(&arguments) {
        Ok(parsed) => parsed,
        Err(error) => return refuse(&error, &arguments),
    };
    choose_colours(root.global.color);
    let simulate = root.command.as_ref().map_or(Simulate::No, Command::simulate);
    let screen = Screen::new(root.global.json, root.global.quiet, commands);
    let success_on = root.command.as_ref().map(Command::monitoring).unwrap_or_default().success_on;
    let ended =
        check_places(&arguments, &root).and_then(|()| command(root, &typed, simulate, screen));
    let exit = ended.unwrap_or_else(|failure| {
        screen.failure(&failure);
        failure.exit
    });
    screen.close(for_schedulers(screen, exit, &success_on))
}

/// `--success-on`: what the process ends with, where that is not what the batch came to. Everything
/// else, the program of `--notify-command` too, is told the batch's own code.
fn for_schedulers(screen: Screen, exit: Exit, success_on: &[SuccessWord]) -> Exit {
    let Some(word) = success_on.iter().find(|word| word.exit() == exit) else { return exit };
    let (code, word) = (exit.code(), word.to_possible_value());
    let word = word.as_ref().map_or("", |word| word.get_name());
    screen.note(&format!("exit code 0 instead of {code} (--success-on {word})\n"));
    Exit::Done
}

fn parse(arguments: &[OsString]) -> Result<(Root, TypedOptions, Commands), clap::Error> {
    let mut matches = definition().try_get_matches_from(arguments)?;
    let (typed, commands) = (TypedOptions::of(&matches), carried::commands(&matches));
    let root = Root::from_arg_matches_mut(&mut matches);
    root.map_err(|error| error.format(&mut definition())).map(|root| (root, typed, commands))
}

fn command(
    root: Root,
    typed: &TypedOptions,
    simulate: Simulate,
    screen: Screen,
) -> Result<Exit, Failure> {
    check_environment()?;
    let configuration = match &root.command {
        None | Some(Command::Simulator(_) | Command::Completions(_) | Command::Man(_)) => {
            Configuration::without_file(typed)?
        }
        Some(Command::Config(given)) if matches!(given.command, ConfigCommand::Init) => {
            Configuration::without_file(typed)?
        }
        Some(_) => Configuration::load(&root.global, typed)?,
    };
    let files = root.command.as_ref().map(Command::files).unwrap_or_default();
    let mut context = Context::new(&root.global, files, (simulate, configuration), screen)?;
    if !root.command.as_ref().is_some_and(Command::takes_several_journals) {
        context.check_one_journal()?;
    }
    context.monitoring = root.command.as_ref().map(Command::monitoring).unwrap_or_default();
    // Where that is not available, such a write ends the process as a crash would, which is safe.
    drop(signals::outlive_file_limits());
    let ended = carry_out(&context, root);
    let Some(words) = &context.monitoring.notify_command else { return ended };
    // Said first: the program may take its time.
    let exit = ended.as_ref().copied().unwrap_or_else(|failure| {
        screen.failure(failure);
        failure.exit
    });
    notify(&context, words, ended.as_ref().copied());
    Ok(exit)
}

fn carry_out(context: &Context, root: Root) -> Result<Exit, Failure> {
    match root.command {
        None => Ok(commands::welcome(context)),
        Some(Command::Plan(arguments)) => commands::plan(context, &arguments),
        Some(Command::Run(arguments)) => commands::run(context, &arguments),
        Some(Command::Resume(arguments)) => commands::resume(context, &arguments),
        Some(Command::Stop(arguments)) => commands::stop(context, &arguments),
        Some(Command::Cancel(arguments)) => commands::cancel(context, &arguments),
        Some(Command::Retry(arguments)) => commands::retry(context, &arguments),
        Some(Command::Resolve(arguments)) => commands::resolve(context, &arguments),
        Some(Command::Track(arguments)) => commands::track(context, &arguments),
        Some(Command::Verify(arguments)) => commands::verify(context, &arguments),
        Some(Command::Status(arguments)) => commands::status(context, &arguments),
        Some(Command::Serve(arguments)) => commands::serve(context, &arguments),
        Some(Command::Show(arguments)) => commands::show(context, &arguments),
        Some(Command::Report(arguments)) => commands::report(context, &arguments),
        Some(Command::Batches(_)) => commands::batches(context),
        Some(Command::Check(arguments)) => commands::check(context, &arguments),
        Some(Command::Audit(arguments)) => commands::audit(context, &arguments),
        Some(Command::Journal(arguments)) => commands::journal(context, &arguments),
        Some(Command::Forecast(arguments)) => commands::forecast(context, &arguments),
        Some(Command::Config(arguments)) => match arguments.command {
            ConfigCommand::Show(arguments) => commands::config_show(context, &arguments),
            ConfigCommand::Init => {
                commands::config_init(context, root.global.config.as_deref(), root.global.force)
            }
        },
        Some(Command::Simulator(arguments)) => commands::simulator(context, &arguments),
        Some(Command::Completions(arguments)) => commands::completions(context, &arguments),
        Some(Command::Man(arguments)) => commands::man(context, &arguments),
    }
}

/// Of an option of all commands that stands before the command as well as after it, only what is
/// after it is known: a journal must not be left out in silence.
fn check_places(arguments: &[OsString], root: &Root) -> Result<(), Failure> {
    let options = arguments.iter().take_while(|argument| *argument != "--");
    let is_journal = |argument: &&OsString| {
        *argument == "--journal" || argument.as_encoded_bytes().starts_with(b"--journal=")
    };
    if options.filter(is_journal).count() <= root.global.journal.len() {
        return Ok(());
    }
    let said = "--journal is both before and after the command";
    Err(Failure::new(Exit::Usage, said).hint("write all of them after the command"))
}

/// A variable that cannot be read must not pass for one that is not set. Its value stays unsaid,
/// since it may be a secret.
fn check_environment() -> Result<(), Failure> {
    let Some(name) = environment::not_text() else { return Ok(()) };
    let said = format!("the variable {name} is not UTF-8");
    Err(Failure::new(Exit::Usage, said).hint("set it again as UTF-8, or take it away"))
}

/// What a command line that could not be read says of colours.
fn typed_color(arguments: &[OsString]) -> Color {
    let words: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let next = words.iter().zip(words.iter().skip(1));
    let apart = next.filter(|(option, _)| *option == "--color").map(|(_, word)| word.as_ref());
    let together = words.iter().filter_map(|word| word.strip_prefix("--color="));
    let word = apart.chain(together).last();
    word.and_then(|word| Color::from_str(word, false).ok()).unwrap_or(Color::Auto)
}

/// `--help` and `--version` are answers; anything else that clap stops at is a wrong command line.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let wrong = error.use_stderr();
    choose_colours(typed_color(arguments));
    let commands = carried::bare_commands();
    let json = arguments.iter().skip(1).any(|argument| argument == "--json");
    if let Some(failure) = mistyped::failure(error, arguments).filter(|_| wrong) {
        Screen::new(json, false, commands).failure(&failure);
    } else if wrong && json {
        // Where the command line could not be read, what it says of the output is still honoured.
        let text = error.render().to_string();
        let (said, usage) = text.split_once("\n\n").unwrap_or((&text, ""));
        let failure =
            Failure::new(Exit::Usage, said.trim_start_matches("error: ").trim()).hint(usage.trim());
        Screen::new(true, false, commands).failure(&failure);
    } else if wrong {
        // It quotes what was typed, so it goes the way of all words; the colours stay behind.
        Screen::new(false, false, commands).ask(&error.render().to_string());
    } else {
        // A stream that is gone can be told nothing.
        drop(error.print());
    }
    if wrong { Exit::Usage } else { Exit::Done }
}
