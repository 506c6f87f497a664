//! From clap's refusal to a sentence that says what to type.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use crate::cli::args::definition;
use crate::cli::carried::takers_of;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::domain::Advice;

use super::similar::similar;
use super::{habits, misplaced};

/// What to type instead; none where the refusal is about something else, such as a value.
pub(in crate::cli) fn failure(error: &clap::Error, arguments: &[OsString]) -> Option<Failure> {
    let kind = match error.kind() {
        ErrorKind::InvalidSubcommand => ContextKind::InvalidSubcommand,
        ErrorKind::UnknownArgument => ContextKind::InvalidArg,
        _ => return None,
    };
    let Some(ContextValue::String(typed)) = error.get(kind) else { return None };
    // What follows an equals sign may be a secret.
    let typed = typed.split('=').next().unwrap_or_default();
    let mut root = definition();
    root.build();
    let (command, words) = innermost(&root, arguments);
    let of_command = if words.is_empty() { String::new() } else { format!("`{words}` has no ") };
    let (said, sentence) = if kind == ContextKind::InvalidSubcommand {
        let said = format!("there is no command `{}`", format!("{words} {typed}").trim_start());
        (said, of_unknown_command(typed, command, &words))
    } else if typed.starts_with('-') {
        let said = if words.is_empty() {
            format!("there is no option `{typed}` without a command")
        } else {
            format!("{of_command}option `{typed}`")
        };
        (said, of_unknown_option(typed, &root, (command, &words)))
    } else {
        let said = format!("`{typed}` is one word too many");
        let known = misplaced::of_surplus_word(&words).map(str::to_owned);
        (said, known.unwrap_or_else(|| see_help(&words, "shows what it takes")))
    };
    Some(Failure::new(Exit::Usage, said).hint(advice(&sentence)))
}

/// The command that was typed, with its words: `audit verify`. It is found as clap finds it: the
/// values of options are no commands.
fn innermost<'c>(root: &'c Command, arguments: &[OsString]) -> (&'c Command, String) {
    let (mut at, mut words) = (root, Vec::new());
    let mut arguments = arguments.iter().skip(1).map(|argument| argument.to_string_lossy());
    while let Some(argument) = arguments.next() {
        let long = argument.strip_prefix("--");
        let is_its = |own: &Arg| own.get_long().is_some_and(|name| long == Some(name));
        if let Some(option) = at.get_arguments().find(|own| is_its(own)) {
            if option.get_action().takes_values() {
                arguments.next();
            }
        } else if let Some(inner) = at.find_subcommand(argument.as_ref()) {
            at = inner;
            words.push(inner.get_name());
        }
    }
    (at, words.join(" "))
}

fn of_unknown_command(typed: &str, command: &Command, words: &str) -> String {
    // Other programs have no `audit list`.
    if let Some(known) = habits::sentence(typed).filter(|_| words.is_empty()) {
        return known.to_owned();
    }
    if words.is_empty() && typed.contains(['.', '/', '\\']) {
        return "name a command first: `plan FILE` shows what would be done with a list".to_owned();
    }
    let names = command.get_subcommands().map(Command::get_name);
    let near = similar(&typed.to_ascii_lowercase(), names);
    let near = near.iter().map(|name| format!("`{}`", format!("{words} {name}").trim_start()));
    match near.collect::<Vec<_>>().as_slice() {
        [] => see_help(words, "lists the commands"),
        near => format!("did you mean {}?", near.join(" or ")),
    }
}

fn of_unknown_option(typed: &str, root: &Command, (command, words): (&Command, &str)) -> String {
    let option = typed.trim_start_matches('-').to_ascii_lowercase();
    if typed.starts_with("--")
        && let Some(known) = misplaced::sentence(&option, words)
    {
        return known;
    }
    if let Some(known) = habits::sentence(typed) {
        return known.to_owned();
    }
    let own: Vec<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
    if typed.starts_with("--") {
        // Typed with other capitals, it is the command's own.
        let takers =
            if own.contains(&option.as_str()) { Vec::new() } else { takers_of(root, &option) };
        if !takers.is_empty() {
            return format!("--{option} is an option of {}", listed(&takers));
        }
    }
    let near = similar(&option, own.into_iter());
    let near: Vec<String> = near.iter().map(|name| format!("--{name}")).collect();
    if near.is_empty() {
        see_help(words, "lists the options")
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

fn see_help(words: &str, does: &str) -> String {
    format!("`{}` {does}", format!("{words} --help").trim_start())
}

/// A sentence in which a command stands between backticks.
fn advice(sentence: &str) -> Advice {
    let mut advice = Advice::from("");
    for (number, part) in sentence.split('`').enumerate().filter(|(_, part)| !part.is_empty()) {
        advice = if number % 2 == 1 { advice.then_command(part) } else { advice.then(part) };
    }
    advice
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every command by its words, with what it takes.
    fn every_command(command: &Command, above: &str) -> Vec<(String, Command)> {
        let inner = command.get_subcommands().filter(|inner| inner.get_name() != "help");
        inner
            .flat_map(|inner| {
                let words = format!("{above} {}", inner.get_name()).trim_start().to_owned();
                let below = every_command(inner, &words);
                [(words, inner.clone())].into_iter().chain(below)
            })
            .collect()
    }

    fn answer(words: &str) -> String {
        let arguments: Vec<OsString> =
            format!("mde-offboard {words}").split_whitespace().map(OsString::from).collect();
        let error = definition().try_get_matches_from(&arguments).unwrap_err();
        let failure = failure(&error, &arguments).unwrap_or_else(|| panic!("{words}: {error}"));
        let hint = failure.advice().unwrap_or_else(|| panic!("{words}")).to_text(str::to_owned);
        assert!(!hint.trim().is_empty(), "{words}");
        hint
    }

    /// What stands between backticks in a sentence.
    fn commands(sentence: &str) -> Vec<&str> {
        sentence.split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn every_option_of_one_command_is_answered_at_every_other() {
        let mut root = definition();
        root.build();
        let all = every_command(&root, "");
        let options: BTreeSet<&str> = all
            .iter()
            .flat_map(|(_, command)| command.get_arguments().filter_map(Arg::get_long))
            .collect();
        for (words, command) in &all {
            let own: BTreeSet<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
            for long in options.difference(&own) {
                let said = of_unknown_option(&format!("--{long}"), &root, (command, words));
                // What it is compared with has nothing to do with it.
                assert!(!said.contains("did you mean"), "{words} --{long}: {said}");
                assert!(!said.contains("--help"), "{words} --{long}: {said}");
                let own = own.iter().filter(|own| said.contains(&format!("leave --{own} out")));
                assert_eq!(own.count(), 0, "{words} --{long}: {said}");
            }
        }
    }

    #[test]
    fn every_command_that_an_answer_names_can_be_typed() {
        let mut root = definition();
        root.build();
        for (words, _) in every_command(&root, "") {
            for option in ["watch", "format", "output", "limit", "comment", "batch", "only"] {
                let Some(sentence) = misplaced::sentence(option, &words) else { continue };
                for command in commands(&sentence) {
                    let typed = ["mde-offboard"].into_iter().chain(command.split(' '));
                    let typed = typed.map(|word| if word == "STATE" { "failed" } else { word });
                    if let Err(error) = definition().try_get_matches_from(typed) {
                        panic!("{command}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_value_that_is_named_like_a_command_is_none() {
        let hint = answer("--profile status run --watch");
        assert!(hint.contains("it shows its progress by itself"), "{hint}");
    }
}
