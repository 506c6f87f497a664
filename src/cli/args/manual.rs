//! The manual: a page for the program and one for each command, made of the same definition, exit
//! codes and examples as the help.
//!
//! Deliberately absent: where the pages go; a date, which would make two pages of one version
//! differ.

use std::io;

use clap::{Arg, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::exit_codes::EXIT_CODES;
use super::{examples, help};

const PROGRAM: &str = "mde-offboard";
const SECTION: &str = "1";
/// No hyphens in names and variables, and no wide gaps between words.
const LAYOUT: &str = ".nh\n.ad l\n";

/// The commands whose first example is one of the program's, too.
const FIRST_COMMANDS: [&str; 5] = ["plan", "run", "status", "resume", "report"];

/// A page for `man`.
#[derive(Debug)]
pub(crate) struct ManualPage {
    /// `mde-offboard-audit-verify.1`.
    pub(crate) file: String,
    pub(crate) text: String,
}

/// All pages, the program's first.
pub(crate) fn manual() -> Vec<ManualPage> {
    let mut root = help::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    add_pages(root, &mut pages);
    pages
}

fn add_pages(command: Command, pages: &mut Vec<ManualPage>) {
    let inner: Vec<Command> = command.get_subcommands().cloned().collect();
    pages.push(page(command));
    inner.into_iter().for_each(|inner| add_pages(inner, pages));
}

fn page(mut command: Command) -> ManualPage {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let has_commands = command.has_subcommands();
    let name = command.get_display_name().unwrap_or(PROGRAM).to_owned();
    let words = command.get_bin_name().unwrap_or(PROGRAM).trim_start_matches(PROGRAM);
    let after = after(&name, words.trim_start());
    let command = command.mut_args(told_in_full).override_usage(usage);
    let man = Man::new(command.subcommand_help_heading("COMMANDS"))
        // An empty argument, so that those that follow keep their places.
        .date("\"\"")
        .source(format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");
    let file = man.get_filename();
    let mut text = Roff::new().render();
    text += &part(|out| man.render_title(out));
    text += LAYOUT;
    text += &part(|out| man.render_name_section(out));
    text += &part(|out| man.render_synopsis_section(out));
    text += &part(|out| man.render_description_section(out));
    text += &part(|out| man.render_options_section(out));
    if has_commands {
        text += &part(|out| man.render_subcommands_section(out));
    }
    ManualPage { file, text: text + &after }
}

/// An argument with all that `--help` says of it, in the form that it has there.
fn told_in_full(argument: Arg) -> Arg {
    let argument = argument.hide_short_help(false);
    let argument =
        if argument.is_positional() { argument.help_heading("Arguments") } else { argument };
    let values = argument.get_possible_values();
    if values.is_empty() || argument.is_hide_possible_values_set() {
        return argument;
    }
    let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let help = format!("{help} [possible values: {}]", names.join(", "));
    argument.help(help).hide_possible_values(true)
}

/// What a section is, without the lines that each page has once.
fn part(render: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    render(&mut out).expect("memory takes everything");
    let text = String::from_utf8(out).expect("a text out of texts");
    let once = Roff::new().render();
    text.strip_prefix(&once).unwrap_or(&text).to_owned()
}

/// Exit codes, examples and the way to the other pages.
fn after(name: &str, words: &str) -> String {
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, lines) in EXIT_CODES {
        roff.control("TP", ["6"]).text([bold(code.to_string())]).text([roman(lines.join(" "))]);
    }
    roff.control("SH", ["EXAMPLES"]).control("EX", []);
    let examples = if words.is_empty() {
        FIRST_COMMANDS.iter().flat_map(|it| examples::of(it).into_iter().take(1)).collect()
    } else {
        examples::of(words)
    };
    for example in examples {
        roff.text([roman(format!("{PROGRAM} {example}"))]);
    }
    roff.control("EE", []);
    if let Some((above, _)) = name.rsplit_once('-').filter(|_| !words.is_empty()) {
        roff.control("SH", ["SEE ALSO"]);
        let mut names = vec![PROGRAM];
        names.extend(Some(above).filter(|above| *above != PROGRAM));
        for (index, name) in names.iter().enumerate() {
            let end = if index + 1 < names.len() { "," } else { "" };
            roff.text([bold(*name), roman(format!("({SECTION}){end}"))]);
        }
    }
    part(|out| roff.to_writer(out))
}
