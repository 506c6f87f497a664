//! What `-h` and `--help` show beside the options: `-h` only those of every day, with two examples;
//! `--help` all of them by topic, with the exit codes and more examples.
//!
//! Deliberately absent: the text of an option, which stands where the option is; its topic.

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::{Root, examples, exit_codes, topics};

/// Examples that `-h` shows.
const FIRST_EXAMPLES: usize = 2;

/// The definition of everything that can be typed, with its help.
pub(crate) fn command() -> Command {
    let root = Root::command().disable_help_flag(true).disable_version_flag(true);
    let root = root.arg(help_option()).arg(version_option());
    let global: Vec<Arg> =
        root.get_arguments().filter(|argument| argument.is_global_set()).cloned().collect();
    with_inner_help(topics::by_topic(root, &[]), "", &global).after_long_help(exit_codes::listed())
}

fn help_option() -> Arg {
    let option = Arg::new("help").short('h').long("help").global(true).action(ArgAction::Help);
    option.help("Show this help: `-h` shows what is needed every day, `--help` everything")
}

fn version_option() -> Arg {
    let option = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    option.help("Show the version")
}

/// The commands below one, whose words are `above`.
fn with_inner_help(command: Command, above: &str, global: &[Arg]) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    names.into_iter().fold(command, |command, name| {
        let words = format!("{above} {name}");
        command.mut_subcommand(name, |inner| with_help(inner, words.trim_start(), global))
    })
}

fn with_help(command: Command, words: &str, global: &[Arg]) -> Command {
    let lines = |examples: &[&str]| {
        let lines = examples.iter().map(|example| format!("\n  mde-offboard {example}"));
        format!("Examples:{}", lines.collect::<String>())
    };
    let examples = examples::of(words);
    let first = lines(&examples[..examples.len().min(FIRST_EXAMPLES)]);
    let all = format!("{}\n\n{}", exit_codes::listed(), lines(&examples));
    let command = with_inner_help(topics::by_topic(command, global), words, global);
    command.after_help(first).after_long_help(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of an example, as a shell splits them.
    fn words(example: &str) -> Vec<String> {
        let parts = example.split('"').enumerate();
        let words = parts.flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
            _ => vec![part.to_owned()],
        });
        ["mde-offboard".to_owned()].into_iter().chain(words).collect()
    }

    fn check(command: &Command, above: &str) {
        let name = format!("{above} {}", command.get_name()).trim_start().to_owned();
        let examples = examples::of(&name);
        assert!((3..=examples::EXAMPLES_MAX).contains(&examples.len()), "{name}: {examples:?}");
        for example in examples {
            assert!(example.starts_with(&name), "{example}");
            if let Err(error) = super::command().try_get_matches_from(words(example)) {
                panic!("{example}: {error}");
            }
        }
        command.get_subcommands().for_each(|inner| check(inner, &name));
    }

    #[test]
    fn every_command_has_three_or_four_examples_and_each_of_them_can_be_typed() {
        command().get_subcommands().for_each(|inner| check(inner, ""));
    }
}
