//! Which of the typed options a printed command repeats: those that say which journal, which
//! tenant and which way to it. A command that is pasted into the same shell reaches the same place.
//!
//! They are found in clap's definition, so that a new option of the connection is one of them.
//! Deliberately absent: what comes from a profile or the environment, which the shell still has,
//! and how a command shows its result (`--json`, `--quiet`).

use clap::{Arg, ArgMatches, Args, Command, CommandFactory};

use crate::report::{CarriedOption, Commands};

use super::args::{ConnectionArguments, RehearsalArguments, Root};
use super::configuration::without_password;

/// Of the options of every command, those that say where things are.
const GLOBAL: [&str; 3] = ["profile", "config", "journal"];

/// The commands that take several journals.
const TAKE_SEVERAL: [&str; 4] = ["status", "report", "serve", "batches"];

/// How commands are printed where nothing could be read of what was typed.
pub(super) fn bare_commands() -> Commands {
    Commands::new(Vec::new())
}

/// How commands are printed after this one.
pub(super) fn commands(matches: &ArgMatches) -> Commands {
    let mut innermost = matches;
    let mut name = "";
    while let Some((inner_name, inner)) = innermost.subcommand() {
        (name, innermost) = (inner_name, inner);
    }
    // Its options describe the server that it is.
    if name == "simulator" {
        return bare_commands();
    }
    let root = built_root();
    let carried = carriable().into_iter();
    let carried = carried.flat_map(|argument| carried_options(&root, &argument, innermost));
    Commands::new(carried.collect())
}

/// The options that can be carried, in the order in which they are printed.
fn carriable() -> Vec<Arg> {
    let arguments = |command: Command| command.get_arguments().cloned().collect::<Vec<_>>();
    let root = Root::command();
    let global = GLOBAL.into_iter().filter_map(|name| {
        root.get_arguments().find(|argument| argument.get_id() == name).cloned()
    });
    let rehearsal = arguments(RehearsalArguments::augment_args(Command::new("rehearsal")));
    let connection = arguments(ConnectionArguments::augment_args(Command::new("connection")));
    global.chain(rehearsal).chain(connection).collect()
}

/// As often as it was typed. Only commands that take several journals are printed with several.
fn carried_options(root: &Command, argument: &Arg, matches: &ArgMatches) -> Vec<CarriedOption> {
    let (name, Some(long)) = (argument.get_id().as_str(), argument.get_long()) else {
        return Vec::new();
    };
    let Some(texts) = matches.try_get_raw(name).ok().flatten() else { return Vec::new() };
    if matches.value_source(name) != Some(clap::parser::ValueSource::CommandLine) {
        return Vec::new();
    }
    let texts: Vec<String> = texts.map(|text| text.to_string_lossy().into_owned()).collect();
    let is_address = argument.get_value_names().is_some_and(|names| names == ["URL"]);
    let mut taken_by = takers_of(root, long);
    if texts.len() > 1 {
        taken_by.retain(|command| TAKE_SEVERAL.contains(&command.as_str()));
    }
    let option = |value: Option<String>| CarriedOption {
        option: format!("--{long}"),
        value,
        taken_by: taken_by.clone(),
    };
    if !argument.get_action().takes_values() {
        return vec![option(None)];
    }
    let value = |text: String| if is_address { without_password(&text) } else { text };
    texts.into_iter().map(|text| option(Some(value(text)))).collect()
}

/// All that can be typed.
pub(super) fn built_root() -> Command {
    let mut root = Root::command();
    root.build();
    root
}

/// The commands that take an option, by its name without hyphens.
pub(super) fn takers_of(root: &Command, long: &str) -> Vec<String> {
    let mut taken_by = Vec::new();
    takers(root, "", long, &mut taken_by);
    taken_by
}

/// The commands below this one that take the option.
fn takers(command: &Command, above: &str, long: &str, taken_by: &mut Vec<String>) {
    for inner in command.get_subcommands() {
        let name = format!("{above}{}", inner.get_name());
        if inner.get_arguments().any(|argument| argument.get_long() == Some(long)) {
            taken_by.push(name.clone());
        }
        takers(inner, &format!("{name} "), long, taken_by);
    }
}

#[cfg(test)]
mod tests {
    use clap::error::ErrorKind;

    use super::*;

    /// Every option of the connection and of a rehearsal, with a value that it takes.
    fn all_typed() -> Vec<String> {
        let mut words = vec!["mde-offboard".to_owned(), "check".to_owned()];
        for argument in carriable() {
            words.push(format!("--{}", argument.get_long().expect("an option")));
            if !argument.get_action().takes_values() {
                continue;
            }
            let known = argument.get_possible_values().into_iter().next();
            let value = match known {
                Some(known) => known.get_name().to_owned(),
                None if argument.get_id() == "timeout" => "20s".to_owned(),
                None if argument.get_id() == "seed" => "7".to_owned(),
                None => format!("a {}", argument.get_id()),
            };
            words.push(value);
        }
        words
    }

    /// Every command, by its words.
    fn all_commands(command: &Command, above: &str) -> Vec<String> {
        let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
        inner
            .flat_map(|inner| {
                let name = format!("{above}{}", inner.get_name());
                let below = all_commands(inner, &format!("{name} "));
                [name].into_iter().chain(below)
            })
            .collect()
    }

    #[test]
    fn a_printed_command_carries_all_that_it_takes_and_nothing_else() {
        let mut root = Root::command();
        let matches = root.clone().try_get_matches_from(all_typed()).unwrap();
        let commands = commands(&matches);
        root.build();
        for words in all_commands(&root, "") {
            let command = words
                .split(' ')
                .fold(&root, |at, word| at.find_subcommand(word).expect("one of its own"));
            let whole = commands.of(&words);
            let own: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
            for argument in carriable() {
                let option = argument.get_long().expect("an option");
                let has = whole.contains(&format!(" --{option}"));
                assert_eq!(has, own.contains(&option), "--{option}: {whole}");
            }
        }
    }

    #[test]
    fn each_command_takes_what_it_is_printed_with() {
        let root = Root::command();
        let matches = root.clone().try_get_matches_from(all_typed()).unwrap();
        let commands = commands(&matches);
        for words in all_commands(&root, "") {
            let whole = commands.of(&words).replace("\"a ", "\"a_").replace('"', "");
            let Err(error) = root.clone().try_get_matches_from(whole.split(' ')) else { continue };
            // Without its machine, its file or its command it is not whole.
            let is_short = matches!(
                error.kind(),
                ErrorKind::MissingRequiredArgument
                    | ErrorKind::MissingSubcommand
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            );
            assert!(is_short, "{whole}: {error}");
        }
    }
}
